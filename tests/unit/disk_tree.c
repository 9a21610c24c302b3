/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole folders on a real disk: what travels and what does not, every cut, another process that
 * goes on, paths that lead away, links that somebody puts in between, a disk that fills. */
#include "common/courier/disk.h"
#include "common/wire/tree.h"
#include "tests/support/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define OURS 1
#define THEIRS 2

static char folder[256], from[300], to[300];
static struct ds_disk *disk;
static sem_t woken;
static uint64_t size;
static uint32_t files, folders, skipped;

static void wake(void *ctx)
{
    (void)ctx;
    sem_post(&woken);
}

static int set_up(void **state)
{
    (void)state;
    test_folder_make(folder, sizeof(folder));
    snprintf(from, sizeof(from), "%s/from", folder);
    snprintf(to, sizeof(to), "%s/to", folder);
    sem_init(&woken, 0, 0);
    disk = ds_disk_open(wake, NULL);
    return disk && mkdir(from, 0700) == 0 && mkdir(to, 0700) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    ds_disk_close(disk);
    sem_destroy(&woken);
    test_folder_remove(folder);
    return 0;
}

static void restart(void)
{
    ds_disk_close(disk);
    disk = ds_disk_open(wake, NULL);
    assert_non_null(disk);
}

static const char *in(const char *where, const char *name)
{
    static char path[2][900];
    static unsigned turn;
    turn = !turn;
    snprintf(path[turn], sizeof(path[turn]), "%s/%s", where, name);
    return path[turn];
}

static void run(const char *script)
{
    char line[2000];
    snprintf(line, sizeof(line), "cd '%s' && %s", folder, script);
    if (system(line) != 0)
        fail_msg("%s", line);
}

static struct ds_file_job *done(struct ds_file_job *job)
{
    struct ds_file_job *answer;
    ds_disk_give(disk, job);
    while ((answer = ds_disk_take(disk)) == NULL)
        sem_wait(&woken);
    return answer;
}

static struct ds_file_job *job_of(enum ds_file_job_kind kind, uint32_t id)
{
    struct ds_file_job *job = ds_file_job_new(kind, id);
    assert_non_null(job);
    return job;
}

static enum ds_file_fault fault_of(struct ds_file_job *answer)
{
    enum ds_file_fault fault = answer->fault;
    answer->letter.destroy(&answer->letter);
    return fault;
}

static enum ds_file_fault open_source(const char *a, const char *b)
{
    struct ds_file_job *job = job_of(DS_FILE_JOB_OPEN_SOURCE, OURS);
    size_t first = strlen(a) + 1, second = b ? strlen(b) + 1 : 0;
    job->path = calloc(1, first + second + 1);
    assert_non_null(job->path);
    memcpy(job->path, a, first);
    memcpy(job->path + first, b ? b : "", second);
    job = done(job);
    size = job->size;
    files = job->files;
    folders = job->folders;
    skipped = job->skipped;
    return fault_of(job);
}

static struct ds_file_job *open_target(const char *name, enum ds_file_exists exists)
{
    struct ds_file_job *job = job_of(DS_FILE_JOB_OPEN_TARGET, THEIRS);
    job->path = strdup(to);
    job->size = size;
    job->exists = exists;
    job->is_folder = true;
    snprintf(job->name, sizeof(job->name), "%s", name);
    return done(job);
}

static enum ds_file_fault begin(const char *name, enum ds_file_exists exists)
{
    return fault_of(open_target(name, exists));
}

/* From one disk's stream to the other's. */
static enum ds_file_fault copy(uint64_t at, uint64_t end, size_t piece)
{
    while (at < end) {
        struct ds_file_job *job = job_of(DS_FILE_JOB_READ, OURS);
        job->offset = at;
        job->len = end - at < piece ? (size_t)(end - at) : piece;
        job = done(job);
        assert_int_equal(DS_FILE_OK, job->fault);
        struct ds_file_job *write = job_of(DS_FILE_JOB_WRITE, THEIRS);
        write->offset = at;
        write->len = job->len;
        write->bytes = ds_rcbuf_new(job->len);
        assert_non_null(write->bytes);
        memcpy(write->bytes->data, job->bytes->data + DS_FILE_DATA_HEADER, job->len);
        at += job->len;
        assert_int_equal(DS_FILE_OK, fault_of(job));
        enum ds_file_fault fault = fault_of(done(write));
        if (fault != DS_FILE_OK)
            return fault;
    }
    return DS_FILE_OK;
}

static enum ds_file_fault finish(void)
{
    struct ds_file_job *sum = done(job_of(DS_FILE_JOB_SUM, OURS));
    struct ds_file_job *keep = job_of(DS_FILE_JOB_KEEP, THEIRS);
    assert_int_equal(DS_FILE_OK, sum->fault);
    memcpy(keep->hash, sum->hash, DS_FILE_HASH);
    assert_int_equal(DS_FILE_OK, fault_of(sum));
    keep = done(keep);
    skipped = keep->skipped;
    return fault_of(keep);
}

static void drop(uint32_t id, bool is_discarded)
{
    struct ds_file_job *job = job_of(DS_FILE_JOB_CLOSE, id);
    job->is_discarded = is_discarded;
    ds_disk_give(disk, job);
    fault_of(done(job_of(DS_FILE_JOB_SYNC, id))); /* behind it */
}

static int entries(const char *path)
{
    DIR *d = opendir(path);
    int n = 0;
    assert_non_null(d);
    while (readdir(d))
        n++;
    closedir(d);
    return n - 2;
}

static void make_tree(void)
{
    run("mkdir -p from/tree/empty from/tree/deep/er from/tree/.hidden &&"
        "echo one > from/tree/one && printf two > from/tree/deep/two && : > from/tree/none &&"
        "head -c 300000 /dev/urandom > from/tree/deep/er/large && echo h > from/tree/.hidden/h &&"
        "printf x > 'from/tree/name with spaces é' && chmod 755 from/tree/one &&"
        "touch -d 2001-02-03T04:05:06.789 from/tree/one from/tree/deep");
}

static void assert_same_tree(const char *a, const char *b)
{
    char script[900];
    snprintf(
        script, sizeof(script),
        "diff -r '%s' '%s' && test \"$(cd '%s' && find . -printf '%%P %%y %%T@\\n' | sort)\" = "
        "\"$(cd '%s' && find . -printf '%%P %%y %%T@\\n' | sort)\"",
        a, b, a, b);
    run(script);
}

/* ---- the ordinary way ---- */

static void a_folder_arrives_as_it_was(void **state)
{
    (void)state;
    struct stat is;
    make_tree();
    assert_int_equal(DS_FILE_OK, open_source(in(from, "tree"), NULL));
    assert_int_equal(6, files);
    assert_int_equal(5, folders);
    assert_int_equal(0, skipped);
    assert_int_equal(DS_FILE_OK, begin("tree", DS_FILE_EXISTS_ASK));
    assert_int_equal(DS_FILE_OK, copy(0, size, 32768));
    assert_int_equal(-1, access(in(to, "tree"), F_OK)); /* not before all is there */
    assert_int_equal(DS_FILE_OK, finish());
    assert_same_tree("from/tree", "to/tree");
    assert_int_equal(1, entries(to)); /* nothing of ours is left */
    assert_int_equal(0, stat(in(to, "tree/one"), &is));
    assert_int_equal(0600, is.st_mode & 07777); /* nothing to execute */
    assert_int_equal(0, skipped);
}

static void several_arrive_under_one_acceptance(void **state)
{
    (void)state;
    make_tree();
    run("echo plain > from/plain && echo mine > to/plain");
    assert_int_equal(DS_FILE_OK, open_source(in(from, "tree/"), in(from, "plain")));
    assert_int_equal(7, files);
    assert_int_equal(DS_FILE_OK, begin("tree + 1", DS_FILE_EXISTS_ASK));
    assert_int_equal(DS_FILE_OK, copy(0, size, 1000));
    assert_int_equal(DS_FILE_OK, finish());
    assert_same_tree("from/tree", "to/tree");
    run("cmp from/plain 'to/plain (2)' && test \"$(cat to/plain)\" = mine");
    assert_int_equal(3, entries(to));
}

static void pieces_of_any_size_make_the_same(void **state)
{
    (void)state;
    static const size_t pieces[] = {1, 2, 7, 31, 65536};
    run("mkdir -p from/tree/a/b && printf 12345 > from/tree/a/b/five && : > from/tree/none");
    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        assert_int_equal(DS_FILE_OK, open_source(in(from, "tree"), NULL));
        assert_int_equal(DS_FILE_OK, begin("tree", DS_FILE_EXISTS_ASK));
        assert_int_equal(DS_FILE_OK, copy(0, size, pieces[i]));
        assert_int_equal(DS_FILE_OK, finish());
        assert_same_tree("from/tree", "to/tree");
        run("rm -r to/tree");
        drop(THEIRS, false);
    }
}

/* ---- what does not travel ---- */

static void links_and_devices_are_counted_and_left_out(void **state)
{
    (void)state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    run("mkdir -p from/tree && echo secret > from/secret && ln -s ../secret from/tree/link &&"
        "ln -s /etc from/tree/away && mkfifo from/tree/pipe && echo one > from/tree/one");
    int s = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(address.sun_path, sizeof(address.sun_path), "%.80s/s", in(from, "tree"));
    assert_int_equal(0, bind(s, (struct sockaddr *)&address, sizeof(address)));
    assert_int_equal(DS_FILE_OK, open_source(in(from, "tree"), NULL));
    assert_int_equal(1, files);
    assert_int_equal(4, skipped);
    assert_int_equal(DS_FILE_OK, begin("tree", DS_FILE_EXISTS_ASK));
    assert_int_equal(DS_FILE_OK, copy(0, size, 4096));
    assert_int_equal(DS_FILE_OK, finish());
    assert_int_equal(1, entries(in(to, "tree")));
    close(s);
}

/* Between finding and reading a file becomes a link to something private. */
static void a_file_that_became_a_link_is_not_read(void **state)
{
    (void)state;
    run("mkdir -p from/tree/sub other && printf 12345 > from/tree/sub/a && printf SECRE > other/a "
        "&&"
        "touch -r from/tree/sub/a other/a");
    assert_int_equal(DS_FILE_OK, open_source(in(from, "tree"), NULL));
    run("rm -r from/tree/sub && ln -s ../../other from/tree/sub");
    assert_int_equal(DS_FILE_OK, begin("tree", DS_FILE_EXISTS_ASK));
    assert_int_equal(DS_FILE_OK, copy(0, size, 4096));
    assert_int_equal(DS_FILE_OK, finish());
    assert_int_equal(1, skipped);
    assert_int_equal(0, entries(in(to, "tree/sub")));
}

static void a_file_that_changes_is_left_out_and_the_others_come(void **state)
{
    (void)state;
    run("mkdir from/tree && printf 12345 > from/tree/a && head -c 100000 /dev/urandom > from/tree/b"
        " && echo z > from/tree/z");
    assert_int_equal(DS_FILE_OK, open_source(in(from, "tree"), NULL));
    run("echo more >> from/tree/a");
    assert_int_equal(DS_FILE_OK, begin("tree", DS_FILE_EXISTS_ASK));
    assert_int_equal(DS_FILE_OK, copy(0, 50000, 4096));
    run("truncate -s 10 from/tree/b"); /* in the middle of it */
    assert_int_equal(DS_FILE_OK, copy(50000, size, 4096));
    assert_int_equal(DS_FILE_OK, finish());
    assert_int_equal(2, skipped);
    assert_int_equal(1, entries(in(to, "tree")));
    run("cmp from/tree/z to/tree/z");
}

/* ---- going on ---- */

static void the_sender_goes_on_anywhere_after_a_cut(void **state)
{
    (void)state;
    run("mkdir -p from/tree/d && printf 12345 > from/tree/a && printf 678 > from/tree/d/b");
    assert_int_equal(DS_FILE_OK, open_source(in(from, "tree"), NULL));
    uint8_t *whole = malloc(size);
    assert_non_null(whole);
    struct ds_file_job *job = job_of(DS_FILE_JOB_READ, OURS);
    job->len = size;
    job = done(job);
    memcpy(whole, job->bytes->data + DS_FILE_DATA_HEADER, size);
    fault_of(job);
    for (uint64_t at = 0; at < size; at++)
        for (uint64_t back = 0; back <= at; back += 3) {
            job = job_of(DS_FILE_JOB_READ, OURS);
            job->offset = back;
            job->len = at + 1 - back;
            job = done(job);
            assert_memory_equal(whole + back, job->bytes->data + DS_FILE_DATA_HEADER, job->len);
            assert_int_equal(DS_FILE_OK, fault_of(job));
        }
    free(whole);
}

static bool is_same(const struct ds_file_job *target)
{
    struct ds_file_job *job = job_of(DS_FILE_JOB_PREFIX, OURS);
    job->offset = target->offset;
    memcpy(job->hash, target->hash, DS_FILE_HASH);
    job = done(job);
    bool is = job->is_same;
    assert_int_equal(DS_FILE_OK, fault_of(job));
    return is;
}

/* Both processes are gone after each number of bytes; the next ones find what came. */
static void another_process_goes_on_where_the_last_one_ended(void **state)
{
    (void)state;
    uint64_t again = 0;
    run("mkdir -p from/tree/d/e && printf 12345 > from/tree/a && printf 678 > from/tree/d/b &&"
        "head -c 70 /dev/urandom > from/tree/d/c && : > from/tree/d/none");
    assert_int_equal(DS_FILE_OK, open_source(in(from, "tree"), NULL));
    for (uint64_t cut = 0; cut <= size; cut += 5) {
        assert_int_equal(DS_FILE_OK, begin("tree", DS_FILE_EXISTS_ASK));
        assert_int_equal(DS_FILE_OK, copy(0, cut, 11));
        restart();
        assert_int_equal(DS_FILE_OK, open_source(in(from, "tree"), NULL));
        struct ds_file_job *there = open_target("tree", DS_FILE_EXISTS_ASK);
        assert_int_equal(DS_FILE_OK, there->fault);
        assert_true(there->offset <= cut && (there->offset < size));
        assert_true(is_same(there));
        again += cut - there->offset;
        assert_int_equal(DS_FILE_OK, copy(there->offset, size, 13));
        fault_of(there);
        assert_int_equal(DS_FILE_OK, finish());
        assert_same_tree("from/tree", "to/tree");
        run("rm -r to/tree");
        drop(THEIRS, false);
        assert_int_equal(0, entries(to));
    }
    assert_true(again < size / 5 * 60); /* of an entry at most, not of everything */
}

static void another_tree_of_that_name_begins_anew(void **state)
{
    (void)state;
    run("mkdir from/tree && printf 12345 > from/tree/a && printf 678 > from/tree/b");
    assert_int_equal(DS_FILE_OK, open_source(in(from, "tree"), NULL));
    assert_int_equal(DS_FILE_OK, begin("tree", DS_FILE_EXISTS_ASK));
    assert_int_equal(DS_FILE_OK, copy(0, size - 20, 4096));
    restart();
    run("printf 54321 > from/tree/a && touch -d 2020-01-01 from/tree/a");
    assert_int_equal(DS_FILE_OK, open_source(in(from, "tree"), NULL));
    struct ds_file_job *there = open_target("tree", DS_FILE_EXISTS_ASK);
    assert_true(there->offset > 0);
    assert_false(is_same(there));
    fault_of(there);
    assert_int_equal(DS_FILE_OK, copy(0, size, 4096));
    assert_int_equal(DS_FILE_OK, finish());
    assert_same_tree("from/tree", "to/tree");
}

static void discarded_is_gone(void **state)
{
    (void)state;
    make_tree();
    assert_int_equal(DS_FILE_OK, open_source(in(from, "tree"), NULL));
    assert_int_equal(DS_FILE_OK, begin("tree", DS_FILE_EXISTS_ASK));
    assert_int_equal(DS_FILE_OK, copy(0, size / 2, 4096));
    assert_int_equal(2, entries(to)); /* the part and its state */
    drop(THEIRS, true);
    assert_int_equal(0, entries(to));
}

/* ---- names that are taken ---- */

static void a_folder_that_exists_is_asked_about(void **state)
{
    (void)state;
    run("mkdir from/tree to/tree && echo new > from/tree/a && echo old > to/tree/a");
    assert_int_equal(DS_FILE_OK, open_source(in(from, "tree"), NULL));
    assert_int_equal(DS_FILE_EXISTING, begin("tree", DS_FILE_EXISTS_ASK));
    assert_int_equal(DS_FILE_EXISTING, begin("tree", DS_FILE_EXISTS_SKIP));
    assert_int_equal(1, entries(to));
    assert_int_equal(DS_FILE_OK, begin("tree", DS_FILE_EXISTS_KEEP_BOTH));
    assert_int_equal(DS_FILE_OK, copy(0, size, 4096));
    assert_int_equal(DS_FILE_OK, finish());
    run("test \"$(cat 'to/tree (2)/a' to/tree/a)\" = \"$(echo new; echo old)\"");
    drop(THEIRS, false);
    run("rm -r 'to/tree (2)'");
    assert_int_equal(DS_FILE_OK, begin("tree", DS_FILE_EXISTS_REPLACE));
    assert_int_equal(DS_FILE_OK, copy(0, size, 4096));
    assert_int_equal(DS_FILE_OK, finish());
    run("test \"$(cat to/tree/a 'to/tree (2)/a')\" = \"$(echo new; echo old)\""); /* put aside */
    assert_int_equal(2, entries(to));
}

/* ---- hostile ---- */

static size_t entry(uint8_t *out, uint8_t kind, const char *path, const char *content)
{
    static struct ds_tree_entry e;
    e = (struct ds_tree_entry){
        .kind = kind, .size = content ? strlen(content) : 0, .path_len = strlen(path)};
    memcpy(e.path, path, e.path_len);
    size_t n = ds_tree_encode(out, &e);
    if (kind == DS_TREE_FOLDER)
        return n;
    memcpy(out + n, content, e.size);
    n += e.size;
    out[n++] = DS_TREE_WHOLE;
    EVP_Digest(content, e.size, out + n, NULL, EVP_sha256(), NULL);
    return n + DS_FILE_HASH;
}

static enum ds_file_fault say(uint64_t at, const uint8_t *bytes, size_t len)
{
    struct ds_file_job *job = job_of(DS_FILE_JOB_WRITE, THEIRS);
    job->offset = at;
    job->len = len;
    job->bytes = ds_rcbuf_new(len);
    assert_non_null(job->bytes);
    memcpy(job->bytes->data, bytes, len);
    return fault_of(done(job));
}

static void paths_that_lead_away_end_it(void **state)
{
    (void)state;
    static const char *const bad[] = {"../evil", "/tmp/evil", "a/../../evil", "..", ".",
                                      "a//b",    "a/"};
    static uint8_t bytes[9000];
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        size = 5000;
        assert_int_equal(DS_FILE_OK, begin("tree", DS_FILE_EXISTS_ASK));
        size_t n = entry(bytes, DS_TREE_FILE, bad[i], "evil");
        assert_int_equal(DS_FILE_HOSTILE, say(0, bytes, n));
        drop(THEIRS, true);
        assert_int_equal(0, entries(to));
    }
    assert_int_equal(DS_FILE_OK, begin("tree", DS_FILE_EXISTS_ASK));
    size_t n = entry(bytes, DS_TREE_FILE, "abc", "evil");
    bytes[4] = '\0'; /* in the middle of the path */
    assert_int_equal(DS_FILE_HOSTILE, say(0, bytes, n));
    drop(THEIRS, true);
    assert_int_equal(DS_FILE_OK, begin("tree", DS_FILE_EXISTS_ASK));
    bytes[1] = 0xff; /* 65 KB long */
    assert_int_equal(DS_FILE_HOSTILE, say(0, bytes, n));
    drop(THEIRS, true);
    assert_int_equal(2, entries(folder)); /* from and to */
}

/* Names that become the same when they are cleaned stay two files. */
static void cleaned_names_do_not_overwrite_each_other(void **state)
{
    (void)state;
    static uint8_t bytes[9000];
    uint8_t chain[DS_FILE_HASH] = {0};
    static const char *const names[] = {"t/a:b", "t/a?b", "t/a_b"};
    size_t used = 0;
    for (unsigned i = 0; i < 3; i++) {
        size_t head = DS_TREE_FIXED + strlen(names[i]);
        if (i == 0) {
            size_t n = entry(bytes, DS_TREE_FOLDER, "t", NULL);
            uint8_t link[DS_FILE_HASH + 100];
            memcpy(link, chain, DS_FILE_HASH);
            memcpy(link + DS_FILE_HASH, bytes, n);
            EVP_Digest(link, DS_FILE_HASH + n, chain, NULL, EVP_sha256(), NULL);
            used = n;
        }
        size_t n = entry(bytes + used, DS_TREE_FILE, names[i], names[i]);
        uint8_t link[DS_FILE_HASH + 100];
        memcpy(link, chain, DS_FILE_HASH);
        memcpy(link + DS_FILE_HASH, bytes + used, head);
        EVP_Digest(link, DS_FILE_HASH + head, chain, NULL, EVP_sha256(), NULL);
        used += n;
    }
    size = used;
    assert_int_equal(DS_FILE_OK, begin("t", DS_FILE_EXISTS_ASK));
    assert_int_equal(DS_FILE_OK, say(0, bytes, used));
    struct ds_file_job *keep = job_of(DS_FILE_JOB_KEEP, THEIRS);
    memcpy(keep->hash, chain, DS_FILE_HASH);
    assert_int_equal(DS_FILE_OK, fault_of(done(keep)));
    run("test \"$(cat to/t/a_b 'to/t/a_b (2)' 'to/t/a_b (3)')\" = 't/a:bt/a?bt/a_b'");
}

/* Somebody who can write there puts a link in the place of a folder that was just made. */
static void a_folder_that_became_a_link_is_not_written_through(void **state)
{
    (void)state;
    static uint8_t bytes[1000];
    char script[900];
    run("mkdir elsewhere");
    size = 5000;
    assert_int_equal(DS_FILE_OK, begin("t", DS_FILE_EXISTS_ASK));
    size_t n = entry(bytes, DS_TREE_FOLDER, "t", NULL);
    n += entry(bytes + n, DS_TREE_FOLDER, "t/sub", NULL);
    assert_int_equal(DS_FILE_OK, say(0, bytes, n));
    snprintf(script, sizeof(script), "cd to/.deskside-*.part/t && rmdir sub && ln -s '%s' sub",
             in(folder, "elsewhere"));
    run(script);
    size_t more = entry(bytes, DS_TREE_FILE, "t/sub/evil", "evil");
    assert_int_not_equal(DS_FILE_OK, say(n, bytes, more));
    assert_int_equal(0, entries(in(folder, "elsewhere")));
    drop(THEIRS, true); /* the link goes, what it points to stays */
    assert_int_equal(0, access(in(folder, "elsewhere"), F_OK));
    assert_int_equal(0, entries(to));
}

static void a_wrong_hash_of_one_file_leaves_it_out(void **state)
{
    (void)state;
    run("mkdir from/tree && printf 12345 > from/tree/a && printf 678 > from/tree/b");
    assert_int_equal(DS_FILE_OK, open_source(in(from, "tree"), NULL));
    assert_int_equal(DS_FILE_OK, begin("tree", DS_FILE_EXISTS_ASK));
    struct ds_file_job *job = job_of(DS_FILE_JOB_READ, OURS);
    job->len = size;
    job = done(job);
    uint8_t *bytes = job->bytes->data + DS_FILE_DATA_HEADER;
    uint8_t *five = memmem(bytes, size, "12345", 5);
    assert_non_null(five);
    five[2] = '0';
    assert_int_equal(DS_FILE_OK, say(0, bytes, size));
    fault_of(job);
    assert_int_equal(DS_FILE_OK, finish());
    assert_int_equal(1, skipped);
    assert_int_equal(-1, access(in(to, "tree/a"), F_OK));
}

/* ---- full disks ---- */

static void a_disk_that_fills_up_keeps_what_came(void **state)
{
    (void)state;
    struct rlimit before, small;
    run("mkdir from/tree && echo one > from/tree/a && head -c 200000 /dev/urandom > from/tree/b");
    assert_int_equal(DS_FILE_OK, open_source(in(from, "tree"), NULL));
    assert_int_equal(DS_FILE_OK, begin("tree", DS_FILE_EXISTS_ASK));
    assert_int_equal(0, getrlimit(RLIMIT_FSIZE, &before));
    small = before;
    small.rlim_cur = 100000; /* the kernel refuses to write on, as on a full disk */
    assert_int_equal(0, setrlimit(RLIMIT_FSIZE, &small));
    enum ds_file_fault fault = copy(0, size, 32768);
    assert_int_equal(0, setrlimit(RLIMIT_FSIZE, &before));
    assert_int_equal(DS_FILE_NO_SPACE, fault);
    drop(THEIRS, false);
    struct ds_file_job *there = open_target("tree", DS_FILE_EXISTS_ASK);
    assert_true(there->offset > 100000);
    assert_true(is_same(there));
    assert_int_equal(DS_FILE_OK, copy(there->offset, size, 32768));
    fault_of(there);
    assert_int_equal(DS_FILE_OK, finish());
    assert_same_tree("from/tree", "to/tree");
}

static void a_folder_larger_than_the_disk_is_refused_before_it_comes(void **state)
{
    (void)state;
    struct ds_file_job *job = job_of(DS_FILE_JOB_OPEN_TARGET, THEIRS);
    job->path = strdup(to);
    job->size = 1000;
    job->room = DS_FILE_SIZE_MAX;
    job->is_folder = true;
    strcpy(job->name, "tree");
    job = done(job);
    assert_true(job->needed == DS_FILE_SIZE_MAX && job->room > 0 && job->room < job->needed);
    assert_int_equal(DS_FILE_NO_SPACE, fault_of(job));
    assert_int_equal(0, entries(to));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_folder_arrives_as_it_was),
        CASE(several_arrive_under_one_acceptance),
        CASE(pieces_of_any_size_make_the_same),
        CASE(links_and_devices_are_counted_and_left_out),
        CASE(a_file_that_became_a_link_is_not_read),
        CASE(a_file_that_changes_is_left_out_and_the_others_come),
        CASE(the_sender_goes_on_anywhere_after_a_cut),
        CASE(another_process_goes_on_where_the_last_one_ended),
        CASE(another_tree_of_that_name_begins_anew),
        CASE(discarded_is_gone),
        CASE(a_folder_that_exists_is_asked_about),
        CASE(paths_that_lead_away_end_it),
        CASE(cleaned_names_do_not_overwrite_each_other),
        CASE(a_folder_that_became_a_link_is_not_written_through),
        CASE(a_wrong_hash_of_one_file_leaves_it_out),
        CASE(a_disk_that_fills_up_keeps_what_came),
        CASE(a_folder_larger_than_the_disk_is_refused_before_it_comes),
    };
    cmocka_set_test_filter(getenv("DESKSIDE_TEST_ONLY")); /* a pattern, by hand */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
