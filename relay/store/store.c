/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/store/store.h"

#include "common/base/error.h"
#include "relay/store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int make_key(const char *path, uint8_t key[32])
{
    if (RAND_bytes(key, 32) != 1)
        return DS_EIO;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return DS_EIO;
    int error = write(fd, key, 32) == 32 && fsync(fd) == 0 ? DS_OK : DS_EIO;
    close(fd);
    return error;
}

static int read_key(const char *path, uint8_t key[32])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return DS_EIO;
    errno = EINVAL;
    int error = read(fd, key, 32) == 32 ? DS_OK : DS_EIO;
    close(fd);
    return error;
}

struct relay_store *relay_store_open(const char *dir, bool create, char *message, size_t size)
{
    char path[4096];
    uint8_t key[32];
    snprintf(path, sizeof(path), "%s/audit.key", dir);
    if (create ? make_key(path, key) : read_key(path, key)) {
        snprintf(message, size, "The key of the audit log %s cannot be %s: %s.", path,
                 create ? "made" : "read", strerror(errno));
        return NULL;
    }
    snprintf(path, sizeof(path), "%s/relay.db", dir);
    struct relay_store *store = relay_sqlite_open(path, create, message, size);
    if (store)
        memcpy(store->audit_key, key, sizeof(key));
    OPENSSL_cleanse(key, sizeof(key));
    return store;
}

void relay_store_close(struct relay_store *store)
{
    if (!store)
        return;
    OPENSSL_cleanse(store->audit_key, sizeof(store->audit_key));
    store->ops->close(store);
}
