/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/shared.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* A descriptor is passed rather than a System V id: nothing is left behind by a crash, and it works
 * between containers. Needs MIT-SHM 1.2, which displays have had since 2013. */
static bool can_share(const struct ds_display *display)
{
    struct sockaddr_storage address = {0};
    socklen_t len = sizeof(address);
    /* Passing a descriptor over TCP (ssh -X) would end the connection. */
    if (getsockname(xcb_get_file_descriptor(display->conn), (struct sockaddr *)&address, &len) ||
        address.ss_family != AF_UNIX)
        return false;
    if (!ds_display_extension(display, &xcb_shm_id))
        return false;
    xcb_shm_query_version_reply_t *version =
        xcb_shm_query_version_reply(display->conn, xcb_shm_query_version(display->conn), NULL);
    bool enough = version && (version->major_version > 1 ||
                              (version->major_version == 1 && version->minor_version >= 2));
    free(version);
    return enough;
}

bool ds_shared_open(struct ds_shared_memory *shared, const struct ds_display *display, size_t size)
{
    xcb_connection_t *conn = display->conn;
    *shared = (struct ds_shared_memory){0};
    int fd =
        can_share(display) ? memfd_create("deskside-screen", MFD_CLOEXEC | MFD_ALLOW_SEALING) : -1;
    if (fd < 0)
        return false;
    if (ftruncate(fd, (off_t)size) != 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK) != 0) {
        close(fd);
        return false;
    }
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED) {
        close(fd);
        return false;
    }
    *shared = (struct ds_shared_memory){xcb_generate_id(conn), memory, size};
    /* xcb closes the descriptor */
    xcb_generic_error_t *error =
        xcb_request_check(conn, xcb_shm_attach_fd_checked(conn, shared->segment, fd, 0));
    if (error)
        shared->segment = 0;
    bool is_shared = !error && !ds_display_is_gone(display);
    free(error);
    if (!is_shared)
        ds_shared_close(shared, display);
    return is_shared;
}

void ds_shared_close(struct ds_shared_memory *shared, const struct ds_display *display)
{
    if (shared->segment && !ds_display_is_gone(display))
        xcb_shm_detach(display->conn, shared->segment);
    if (shared->memory)
        munmap(shared->memory, shared->size);
    *shared = (struct ds_shared_memory){0};
}
