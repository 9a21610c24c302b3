/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Screenshots: every pixel comes back out of the file, and the file is a new one of its own. */
#include "common/base/error.h"
#include "tests/support/folder.h"
#include "viewer/pictures.h"
#include "viewer/present/png.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <spng.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char folder[256];

static int set_up(void **state)
{
    (void)state;
    test_folder_make(folder, sizeof(folder));
    setenv("HOME", folder, 1);
    unsetenv("XDG_CONFIG_HOME");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_folder_remove(folder);
    return 0;
}

static void noise(struct ds_image *image, uint32_t width, uint32_t height)
{
    uint32_t seed = 12345;
    assert_int_equal(0, ds_image_init(image, width, height));
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++) {
            seed = seed * 1664525 + 1013904223;
            ds_image_row(image, y)[x] = seed;
        }
}

static void expect_same(const struct ds_image *image, const struct ds_rcbuf *png)
{
    spng_ctx *ctx = spng_ctx_new(0);
    struct spng_ihdr header;
    size_t len;
    assert_int_equal(0, spng_set_png_buffer(ctx, png->data, png->len));
    assert_int_equal(0, spng_get_ihdr(ctx, &header));
    assert_int_equal(header.width, image->width);
    assert_int_equal(header.height, image->height);
    assert_int_equal(0, spng_decoded_image_size(ctx, SPNG_FMT_RGB8, &len));
    uint8_t *pixels = malloc(len);
    assert_int_equal(0, spng_decode_image(ctx, pixels, len, SPNG_FMT_RGB8, 0));
    for (uint32_t y = 0; y < image->height; y++)
        for (uint32_t x = 0; x < image->width; x++) {
            const uint8_t *p = pixels + 3 * ((size_t)y * image->width + x);
            uint32_t got = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
            assert_int_equal(got, ds_image_row(image, y)[x] & 0xffffff);
        }
    free(pixels);
    spng_ctx_free(ctx);
}

static void every_pixel_comes_back(void **state)
{
    (void)state;
    static const uint32_t sizes[][2] = {{1, 1}, {1, 50}, {37, 1}, {317, 203}, {1024, 300}};
    for (size_t i = 0; i < 5; i++) {
        struct ds_image image;
        struct ds_rcbuf *png = NULL;
        noise(&image, sizes[i][0], sizes[i][1]);
        assert_int_equal(0, viewer_png_encode(&image, &png));
        expect_same(&image, png);
        ds_rcbuf_unref(png);
        ds_image_destroy(&image);
    }
}

static void there_is_no_file_of_no_picture(void **state)
{
    (void)state;
    struct ds_image image = {.pixels = NULL};
    struct ds_rcbuf *png = NULL;
    assert_int_equal(DS_EINVAL, viewer_png_encode(&image, &png));
    assert_null(png);
}

static void expect_file(const char *path, const char *want)
{
    char got[64] = "";
    struct stat is;
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    size_t n = fread(got, 1, sizeof(got) - 1, file);
    fclose(file);
    got[n] = '\0';
    assert_string_equal(got, want);
    assert_int_equal(0, stat(path, &is));
    assert_int_equal(is.st_mode & 0777, 0600);
}

static void a_file_that_exists_is_left_alone(void **state)
{
    (void)state;
    char path[300], saved[600];
    snprintf(path, sizeof(path), "%s/a.png", folder);
    assert_int_equal(0, viewer_picture_save(path, (const uint8_t *)"one", 3, saved, sizeof(saved)));
    assert_string_equal(saved, path);
    errno = 0;
    assert_int_equal(DS_EIO,
                     viewer_picture_save(path, (const uint8_t *)"two", 3, saved, sizeof(saved)));
    assert_int_equal(errno, EEXIST);
    expect_file(path, "one");
}

static void names_of_one_second_differ(void **state)
{
    (void)state;
    char first[600], second[600];
    assert_int_equal(0, viewer_picture_save(NULL, (const uint8_t *)"one", 3, first, sizeof(first)));
    assert_int_equal(0,
                     viewer_picture_save(NULL, (const uint8_t *)"two", 3, second, sizeof(second)));
    assert_string_not_equal(first, second);
    expect_file(first, "one");
    expect_file(second, "two");
    assert_int_equal(0, strncmp(first, folder, strlen(folder)));
}

static void the_folder_is_the_desktops(void **state)
{
    (void)state;
    char path[600], got[600];
    assert_true(viewer_pictures_folder(got, sizeof(got)));
    assert_string_equal(got, folder);
    snprintf(path, sizeof(path), "%s/Pictures", folder);
    mkdir(path, 0700);
    assert_true(viewer_pictures_folder(got, sizeof(got)));
    assert_string_equal(got, path);
    snprintf(path, sizeof(path), "%s/.config", folder);
    mkdir(path, 0700);
    snprintf(path, sizeof(path), "%s/.config/user-dirs.dirs", folder);
    test_file_write(path, "XDG_DOWNLOAD_DIR=\"$HOME/D\"\nXDG_PICTURES_DIR=\"$HOME/Images\"\n");
    assert_true(viewer_pictures_folder(got, sizeof(got))); /* it is not there */
    snprintf(path, sizeof(path), "%s/Pictures", folder);
    assert_string_equal(got, path);
    snprintf(path, sizeof(path), "%s/Images", folder);
    mkdir(path, 0700);
    assert_true(viewer_pictures_folder(got, sizeof(got)));
    assert_string_equal(got, path);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_pixel_comes_back),           TEST(there_is_no_file_of_no_picture),
        TEST(a_file_that_exists_is_left_alone), TEST(names_of_one_second_differ),
        TEST(the_folder_is_the_desktops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
