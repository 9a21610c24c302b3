/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The jobs of files on a real disk: names that lie, links, full disks, what changes meanwhile, and
 * what is left for another time. */
#include "common/courier/disk.h"
#include "common/service/file_name.h"
#include "tests/support/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <openssl/evp.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[256];
static struct ds_disk *disk;
static sem_t woken;

static void wake(void *ctx)
{
    (void)ctx;
    sem_post(&woken);
}

static int set_up(void **state)
{
    (void)state;
    test_folder_make(folder, sizeof(folder));
    sem_init(&woken, 0, 0);
    disk = ds_disk_open(wake, NULL);
    return disk ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    ds_disk_close(disk);
    sem_destroy(&woken);
    test_folder_remove(folder);
    return 0;
}

static const char *in_folder(const char *name)
{
    static char path[600];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

/* Gives a job and waits for its answer; the caller's. */
static struct ds_file_job *done(struct ds_file_job *job)
{
    struct ds_file_job *answer;
    ds_disk_give(disk, job);
    while ((answer = ds_disk_take(disk)) == NULL)
        sem_wait(&woken);
    assert_null(answer->letter.next);
    return answer;
}

static struct ds_file_job *job_of(enum ds_file_job_kind kind)
{
    struct ds_file_job *job = ds_file_job_new(kind, 1);
    assert_non_null(job);
    return job;
}

static void destroy(struct ds_file_job *job)
{
    job->letter.destroy(&job->letter);
}

static enum ds_file_fault fault_of(struct ds_file_job *answer)
{
    enum ds_file_fault fault = answer->fault;
    destroy(answer);
    return fault;
}

static struct ds_file_job *open_target(const char *path, const char *name, uint64_t size,
                                       bool is_numbered)
{
    struct ds_file_job *job = job_of(DS_FILE_JOB_OPEN_TARGET);
    job->path = strdup(path);
    job->size = size;
    job->exists = is_numbered ? DS_FILE_EXISTS_KEEP_BOTH : DS_FILE_EXISTS_ASK;
    snprintf(job->name, sizeof(job->name), "%s", name);
    return done(job);
}

static struct ds_file_job *open_source(const char *path)
{
    struct ds_file_job *job = job_of(DS_FILE_JOB_OPEN_SOURCE);
    job->path = calloc(1, strlen(path) + 2);
    assert_non_null(job->path);
    memcpy(job->path, path, strlen(path));
    return done(job);
}

static enum ds_file_fault write_at(uint64_t offset, const char *text)
{
    struct ds_file_job *job = job_of(DS_FILE_JOB_WRITE);
    job->offset = offset;
    job->len = strlen(text);
    job->bytes = ds_rcbuf_new(job->len);
    assert_non_null(job->bytes);
    memcpy(job->bytes->data, text, job->len);
    return fault_of(done(job));
}

static struct ds_file_job *keep(const char *content)
{
    struct ds_file_job *job = job_of(DS_FILE_JOB_KEEP);
    EVP_Digest(content, strlen(content), job->hash, NULL, EVP_sha256(), NULL);
    return done(job);
}

static void close_it(bool is_discarded)
{
    struct ds_file_job *job = job_of(DS_FILE_JOB_CLOSE);
    job->is_discarded = is_discarded;
    ds_disk_give(disk, job);
    fault_of(done(job_of(DS_FILE_JOB_SYNC))); /* behind it */
}

static int entries(void)
{
    DIR *d = opendir(folder);
    int n = 0;
    assert_non_null(d);
    while (readdir(d))
        n++;
    closedir(d);
    return n - 2;
}

static void assert_content(const char *name, const char *wanted)
{
    char *text = test_file_read(in_folder(name), NULL);
    assert_string_equal(wanted, text);
    free(text);
}

/* ---- receiving ---- */

static void a_file_gets_its_name_when_it_is_verified(void **state)
{
    (void)state;
    struct stat is;
    assert_int_equal(DS_FILE_OK, fault_of(open_target(folder, "a.txt", 5, false)));
    assert_int_equal(DS_FILE_OK, write_at(0, "he"));
    assert_int_equal(-1, access(in_folder("a.txt"), F_OK));
    assert_int_equal(DS_FILE_OK, write_at(2, "llo"));
    struct ds_file_job *answer = keep("hello");
    assert_int_equal(DS_FILE_OK, answer->fault);
    assert_string_equal(in_folder("a.txt"), answer->path);
    destroy(answer);
    assert_content("a.txt", "hello");
    assert_int_equal(0, stat(in_folder("a.txt"), &is));
    assert_int_equal(0600, is.st_mode & 07777); /* nothing to execute */
    assert_int_equal(1, entries());
}

static void a_wrong_hash_is_refused(void **state)
{
    (void)state;
    assert_int_equal(DS_FILE_OK, fault_of(open_target(folder, "a.txt", 5, false)));
    assert_int_equal(DS_FILE_OK, write_at(0, "hellO"));
    assert_int_equal(DS_FILE_DAMAGED, fault_of(keep("hello")));
    close_it(true);
    assert_int_equal(0, entries());
}

static void too_few_bytes_are_refused(void **state)
{
    (void)state;
    assert_int_equal(DS_FILE_OK, fault_of(open_target(folder, "a.txt", 5, false)));
    assert_int_equal(DS_FILE_OK, write_at(0, "hell"));
    assert_int_equal(DS_FILE_DAMAGED, fault_of(keep("hell")));
}

static void a_name_that_is_taken_is_an_error_or_gets_a_number(void **state)
{
    (void)state;
    test_file_write(in_folder("a.txt"), "mine");
    assert_int_equal(DS_FILE_EXISTING, fault_of(open_target(folder, "a.txt", 5, false)));
    assert_int_equal(DS_FILE_EXISTING,
                     fault_of(open_target(in_folder("a.txt"), "b.txt", 5, false)));
    assert_int_equal(DS_FILE_OK, fault_of(open_target(folder, "a.txt", 5, true)));
    write_at(0, "hello");
    struct ds_file_job *answer = keep("hello");
    assert_string_equal(in_folder("a (2).txt"), answer->path);
    destroy(answer);
    assert_content("a.txt", "mine");
    assert_content("a (2).txt", "hello");
}

static void a_name_that_is_taken_meanwhile_is_not_overwritten(void **state)
{
    (void)state;
    assert_int_equal(DS_FILE_OK, fault_of(open_target(folder, "a.txt", 5, false)));
    write_at(0, "hello");
    test_file_write(in_folder("a.txt"), "mine");
    assert_int_equal(DS_FILE_EXISTING, fault_of(keep("hello")));
    assert_content("a.txt", "mine");
    close_it(false);
    assert_int_equal(2, entries()); /* what came is not lost */
}

static void a_dangling_link_is_a_name_that_is_taken(void **state)
{
    (void)state;
    char to[600];
    snprintf(to, sizeof(to), "%s", in_folder("elsewhere"));
    assert_int_equal(0, symlink(to, in_folder("a.txt")));
    assert_int_equal(DS_FILE_EXISTING, fault_of(open_target(folder, "a.txt", 5, false)));
    assert_int_equal(-1, access(to, F_OK));
}

/* Somebody who can write into the folder puts a link where the part file will be. */
static void a_link_in_the_place_of_the_part_is_not_followed(void **state)
{
    (void)state;
    char victim[600], part[300] = "";
    struct dirent *entry;
    assert_int_equal(DS_FILE_OK, fault_of(open_target(folder, "a.txt", 5, false)));
    DIR *d = opendir(folder);
    while ((entry = readdir(d)) != NULL)
        if (strncmp(entry->d_name, ".deskside-", 10) == 0)
            snprintf(part, sizeof(part), "%s", entry->d_name);
    closedir(d);
    assert_true(part[0] != '\0');
    close_it(true);
    snprintf(victim, sizeof(victim), "%s.victim", folder);
    test_file_write(victim, "precious");
    assert_int_equal(0, symlink(victim, in_folder(part)));
    assert_int_equal(DS_FILE_OK, fault_of(open_target(folder, "a.txt", 5, false)));
    write_at(0, "hello");
    assert_int_equal(DS_FILE_OK, fault_of(keep("hello")));
    assert_content("a.txt", "hello");
    char *text = test_file_read(victim, NULL);
    assert_string_equal("precious", text);
    free(text);
    unlink(in_folder(part));
    close_it(false);
    unlink(in_folder("a.txt"));
    /* and a hard link to something else */
    assert_int_equal(0, link(victim, in_folder(part)));
    assert_int_equal(DS_FILE_OK, fault_of(open_target(folder, "a.txt", 5, false)));
    write_at(0, "hello");
    text = test_file_read(victim, NULL);
    assert_string_equal("precious", text);
    free(text);
    unlink(victim);
}

static void there_must_be_a_folder(void **state)
{
    (void)state;
    assert_int_equal(DS_FILE_NO_FOLDER,
                     fault_of(open_target(in_folder("no/where"), "a.txt", 5, false)));
    assert_int_equal(DS_FILE_NO_FOLDER,
                     fault_of(open_target(in_folder("no/.."), "a.txt", 5, false)));
    test_file_write(in_folder("plain"), "x");
    assert_int_equal(DS_FILE_NO_FOLDER,
                     fault_of(open_target(in_folder("plain/a"), "a.txt", 5, false)));
    assert_int_equal(1, entries());
}

static void a_file_larger_than_the_disk_is_refused_before_it_comes(void **state)
{
    (void)state;
    struct ds_file_job *answer = open_target(folder, "a.txt", DS_FILE_SIZE_MAX, false);
    assert_int_equal(DS_FILE_NO_SPACE, answer->fault);
    assert_true(answer->needed == DS_FILE_SIZE_MAX);
    assert_true(answer->room > 0 && answer->room < answer->needed);
    destroy(answer);
    assert_int_equal(0, entries());
}

/* ---- a name that is taken, as the person wants it ---- */

static struct ds_file_job *open_as(const char *name, enum ds_file_exists exists)
{
    struct ds_file_job *job = job_of(DS_FILE_JOB_OPEN_TARGET);
    job->path = strdup(folder);
    job->size = 5;
    job->exists = exists;
    job->has_mtime = true;
    job->mtime_s = 1000000000;
    snprintf(job->name, sizeof(job->name), "%s", name);
    return done(job);
}

static void a_name_that_is_taken_can_be_replaced_or_skipped(void **state)
{
    (void)state;
    struct stat is;
    test_file_write(in_folder("a.txt"), "mine");
    assert_int_equal(DS_FILE_EXISTING, fault_of(open_as("a.txt", DS_FILE_EXISTS_SKIP)));
    assert_int_equal(1, entries());
    assert_int_equal(DS_FILE_OK, fault_of(open_as("a.txt", DS_FILE_EXISTS_REPLACE)));
    write_at(0, "hello");
    assert_content("a.txt", "mine"); /* until the new one is whole */
    assert_int_equal(DS_FILE_OK, fault_of(keep("hello")));
    assert_content("a.txt", "hello");
    assert_int_equal(0, stat(in_folder("a.txt"), &is));
    assert_int_equal(1000000000, is.st_mtim.tv_sec);
    close_it(false);
    assert_int_equal(0, mkdir(in_folder("d"), 0700));
    assert_int_equal(DS_FILE_EXISTING, fault_of(open_as("d", DS_FILE_EXISTS_REPLACE)));
}

/* A mebibyte of zeros takes no room, and what follows is where it belongs. */
static void zeros_become_a_hole(void **state)
{
    (void)state;
    const size_t len = 1u << 20;
    struct stat is;
    assert_int_equal(DS_FILE_OK, fault_of(open_target(folder, "z", 4 * len + 1, false)));
    for (unsigned i = 0; i < 4; i++) {
        struct ds_file_job *job = job_of(DS_FILE_JOB_WRITE);
        job->offset = i * len;
        job->len = len;
        job->bytes = ds_rcbuf_new(len);
        assert_non_null(job->bytes);
        memset(job->bytes->data, 0, len);
        assert_int_equal(DS_FILE_OK, fault_of(done(job)));
    }
    assert_int_equal(DS_FILE_OK, write_at(4 * len, "x"));
    uint8_t *whole = calloc(4, len + 1);
    assert_non_null(whole);
    whole[4 * len] = 'x';
    struct ds_file_job *job = job_of(DS_FILE_JOB_KEEP);
    EVP_Digest(whole, 4 * len + 1, job->hash, NULL, EVP_sha256(), NULL);
    free(whole);
    assert_int_equal(DS_FILE_OK, fault_of(done(job)));
    assert_int_equal(0, stat(in_folder("z"), &is));
    assert_true(is.st_size == (off_t)(4 * len + 1));
    assert_true(is.st_blocks * 512 < (blkcnt_t)len);
}

/* A limit of the process stands for the full disk: the kernel refuses to write on. */
static void a_disk_that_fills_up_is_said_and_loses_nothing(void **state)
{
    (void)state;
    struct rlimit before, small;
    assert_int_equal(0, getrlimit(RLIMIT_FSIZE, &before));
    small = before;
    small.rlim_cur = 4;
    assert_int_equal(DS_FILE_OK, fault_of(open_target(folder, "a.txt", 8, false)));
    assert_int_equal(0, setrlimit(RLIMIT_FSIZE, &small));
    enum ds_file_fault fault = write_at(0, "hello wo");
    assert_int_equal(0, setrlimit(RLIMIT_FSIZE, &before));
    assert_int_equal(DS_FILE_NO_SPACE, fault);
    close_it(false);
    struct ds_file_job *again = open_target(folder, "a.txt", 8, false);
    assert_int_equal(4, again->offset); /* "hell" is there */
    destroy(again);
    assert_int_equal(DS_FILE_OK, write_at(4, "o wo"));
    assert_int_equal(DS_FILE_OK, fault_of(keep("hello wo")));
}

static void a_later_try_finds_what_is_there(void **state)
{
    (void)state;
    uint8_t hash[32];
    assert_int_equal(DS_FILE_OK, fault_of(open_target(folder, "a.txt", 5, false)));
    write_at(0, "hel");
    ds_disk_close(disk); /* the program ended */
    disk = ds_disk_open(wake, NULL);
    struct ds_file_job *again = open_target(folder, "a.txt", 5, false);
    EVP_Digest("hel", 3, hash, NULL, EVP_sha256(), NULL);
    assert_int_equal(3, again->offset);
    assert_memory_equal(hash, again->hash, 32);
    destroy(again);
    close_it(false);
    again = open_target(folder, "a.txt", 6, false); /* another size: another file */
    assert_int_equal(0, again->offset);
    destroy(again);
}

static void what_is_there_can_be_unwanted(void **state)
{
    (void)state;
    assert_int_equal(DS_FILE_OK, fault_of(open_target(folder, "a.txt", 5, false)));
    write_at(0, "old");
    assert_int_equal(DS_FILE_OK, write_at(0, "hello"));
    assert_int_equal(DS_FILE_OK, fault_of(keep("hello")));
    assert_content("a.txt", "hello");
}

static void of_a_whole_part_one_byte_has_to_come_again(void **state)
{
    (void)state;
    assert_int_equal(DS_FILE_OK, fault_of(open_target(folder, "a.txt", 5, false)));
    write_at(0, "hello");
    close_it(false);
    struct ds_file_job *again = open_target(folder, "a.txt", 5, false);
    assert_int_equal(4, again->offset);
    destroy(again);
    assert_int_equal(DS_FILE_OK, write_at(4, "o"));
    assert_int_equal(DS_FILE_OK, fault_of(keep("hello")));
}

static void two_of_one_name_and_size_do_not_share_a_part(void **state)
{
    (void)state;
    struct ds_disk *first = disk;
    assert_int_equal(DS_FILE_OK, fault_of(open_target(folder, "a.txt", 5, false)));
    write_at(0, "hello");
    disk = ds_disk_open(wake, NULL);
    assert_int_equal(DS_FILE_OK, fault_of(open_target(folder, "a.txt", 5, true)));
    assert_int_equal(DS_FILE_OK, write_at(0, "world"));
    assert_int_equal(DS_FILE_OK, fault_of(keep("world")));
    ds_disk_close(disk);
    disk = first;
    assert_int_equal(DS_FILE_EXISTING, fault_of(keep("hello")));
    assert_content("a.txt", "world");
}

static void discarded_is_gone(void **state)
{
    (void)state;
    assert_int_equal(DS_FILE_OK, fault_of(open_target(folder, "a.txt", 5, false)));
    write_at(0, "hel");
    close_it(true);
    assert_int_equal(0, entries());
}

/* ---- sending ---- */

static struct ds_file_job *read_at(uint64_t offset, size_t len)
{
    struct ds_file_job *job = job_of(DS_FILE_JOB_READ);
    job->offset = offset;
    job->len = len;
    return done(job);
}

static void a_file_is_read_and_summed_once_also_over_a_step_back(void **state)
{
    (void)state;
    uint8_t hash[32];
    test_file_write(in_folder("s"), "hello world");
    struct ds_file_job *answer = open_source(in_folder("s"));
    assert_int_equal(11, answer->size);
    destroy(answer);
    destroy(read_at(0, 4));
    destroy(read_at(4, 4));
    answer = read_at(2, 9); /* a cut: sent again from 2 */
    assert_int_equal(DS_FILE_OK, answer->fault);
    assert_memory_equal("llo world", answer->bytes->data + DS_FILE_DATA_HEADER, 9);
    destroy(answer);
    answer = done(job_of(DS_FILE_JOB_SUM));
    EVP_Digest("hello world", 11, hash, NULL, EVP_sha256(), NULL);
    assert_memory_equal(hash, answer->hash, 32);
    destroy(answer);
}

static void what_changes_while_it_is_sent_is_noticed(void **state)
{
    (void)state;
    test_file_write(in_folder("s"), "hello world");
    destroy(open_source(in_folder("s")));
    destroy(read_at(0, 11));
    FILE *file = fopen(in_folder("s"), "ae");
    assert_non_null(file);
    fputs("!", file);
    fclose(file);
    assert_int_equal(DS_FILE_CHANGED, fault_of(done(job_of(DS_FILE_JOB_SUM))));
}

static void what_gets_shorter_is_noticed_at_once(void **state)
{
    (void)state;
    test_file_write(in_folder("s"), "hello world");
    destroy(open_source(in_folder("s")));
    assert_int_equal(0, truncate(in_folder("s"), 3));
    assert_int_equal(DS_FILE_CHANGED, fault_of(read_at(0, 11)));
}

static enum ds_file_fault prefix(const char *text, bool *is_same)
{
    struct ds_file_job *job = job_of(DS_FILE_JOB_PREFIX);
    job->offset = strlen(text);
    EVP_Digest(text, strlen(text), job->hash, NULL, EVP_sha256(), NULL);
    job = done(job);
    *is_same = job->is_same;
    return fault_of(job);
}

static void what_the_receiver_has_is_compared(void **state)
{
    (void)state;
    bool is_same;
    uint8_t hash[32];
    test_file_write(in_folder("s"), "hello world");
    destroy(open_source(in_folder("s")));
    assert_int_equal(DS_FILE_OK, prefix("hellO", &is_same));
    assert_false(is_same);
    assert_int_equal(DS_FILE_OK, prefix("hello", &is_same));
    assert_true(is_same);
    destroy(read_at(5, 6)); /* the sum goes on behind what was compared */
    struct ds_file_job *answer = done(job_of(DS_FILE_JOB_SUM));
    EVP_Digest("hello world", 11, hash, NULL, EVP_sha256(), NULL);
    assert_memory_equal(hash, answer->hash, 32);
    destroy(answer);
}

static void only_files_and_folders_can_be_sent(void **state)
{
    (void)state;
    assert_int_equal(DS_FILE_NOT_A_FILE, fault_of(open_source("/dev/zero")));
    assert_int_equal(0, mkfifo(in_folder("pipe"), 0600));
    assert_int_equal(DS_FILE_NOT_A_FILE, fault_of(open_source(in_folder("pipe"))));
    assert_int_equal(DS_FILE_NOT_FOUND, fault_of(open_source(in_folder("nothing"))));
    assert_int_equal(DS_FILE_NOT_FOUND, fault_of(read_at(0, 1))); /* nothing is open */
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_file_gets_its_name_when_it_is_verified),
        CASE(a_wrong_hash_is_refused),
        CASE(too_few_bytes_are_refused),
        CASE(a_name_that_is_taken_is_an_error_or_gets_a_number),
        CASE(a_name_that_is_taken_meanwhile_is_not_overwritten),
        CASE(a_dangling_link_is_a_name_that_is_taken),
        CASE(a_link_in_the_place_of_the_part_is_not_followed),
        CASE(there_must_be_a_folder),
        CASE(a_name_that_is_taken_can_be_replaced_or_skipped),
        CASE(zeros_become_a_hole),
        CASE(a_file_larger_than_the_disk_is_refused_before_it_comes),
        CASE(a_disk_that_fills_up_is_said_and_loses_nothing),
        CASE(a_later_try_finds_what_is_there),
        CASE(what_is_there_can_be_unwanted),
        CASE(of_a_whole_part_one_byte_has_to_come_again),
        CASE(two_of_one_name_and_size_do_not_share_a_part),
        CASE(discarded_is_gone),
        CASE(a_file_is_read_and_summed_once_also_over_a_step_back),
        CASE(what_changes_while_it_is_sent_is_noticed),
        CASE(what_gets_shorter_is_noticed_at_once),
        CASE(what_the_receiver_has_is_compared),
        CASE(only_files_and_folders_can_be_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
