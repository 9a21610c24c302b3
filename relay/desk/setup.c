/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/desk/setup.h"

#include "common/base/error.h"
#include "relay/listen/certificate.h"
#include "relay/store/audit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE 4096

/* The files of a folder; in the way of another try when they are left behind. */
static const char *const names[] = {"relay.conf", "relay.db", "relay.db-wal", "relay.db-shm",
                                    "cert.pem",   "key.pem",  "audit.key"};
#define NAMES (sizeof(names) / sizeof(names[0]))

static void remove_files(const char *dir)
{
    char path[PATH_SIZE];
    for (size_t i = 0; i < NAMES; i++) {
        snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
        unlink(path);
    }
}

static int make_files(const char *dir, const struct relay_conf *conf, char *message, size_t size)
{
    char path[PATH_SIZE], key[PATH_SIZE];
    mode_t before = umask(077); /* SQLite's files take the mode of the first */
    struct relay_store *store = relay_store_open(dir, true, message, size);
    umask(before);
    if (!store)
        return DS_EIO;
    struct relay_audit_line line = {.what = "relay-made"};
    snprintf(line.detail, sizeof(line.detail), "host=%.200s", conf->host);
    int error = relay_audit_append(store, &line, true);
    relay_store_close(store);
    if (error) {
        snprintf(message, size, "The store in %s cannot be written.", dir);
        return error;
    }
    snprintf(path, sizeof(path), "%s/cert.pem", dir);
    snprintf(key, sizeof(key), "%s/key.pem", dir);
    error = relay_certificate_make(conf->host, path, key, message, size);
    if (error)
        return error;
    snprintf(path, sizeof(path), "%s/relay.conf", dir);
    error = relay_conf_write(conf, path);
    if (error)
        snprintf(message, size, "%s cannot be written: %s.", path, strerror(errno));
    return error;
}

int relay_setup(const char *dir, const struct relay_conf *conf, char *message, size_t size)
{
    char path[PATH_SIZE];
    struct stat about;
    bool is_new = mkdir(dir, 0700) == 0;
    if (!is_new && errno != EEXIST) {
        snprintf(message, size, "The folder %s cannot be made: %s.", dir, strerror(errno));
        return DS_EIO;
    }
    for (size_t i = 0; i < NAMES; i++) {
        snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
        if (lstat(path, &about) == 0) {
            snprintf(message, size, "%s is there already; nothing was changed.", path);
            return DS_EREFUSED;
        }
    }
    int error = make_files(dir, conf, message, size);
    if (error) {
        remove_files(dir);
        if (is_new)
            rmdir(dir);
    }
    return error;
}
