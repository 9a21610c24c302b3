/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/wire/frame.h"

#include "common/base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* One of each type, by hand. */
static const uint8_t golden[] = {
    0x00, 0x00, 0x02, 0x01, '{',  '}',                          /* CONTROL {} */
    0x00, 0x00, 0x03, 0x02, 0xaa, 0xbb, 0xcc,                   /* DATA, 3 bytes */
    0x00, 0x00, 0x04, 0x03, 0x00, 0x01, 0x00, 0x00,             /* CREDIT 65536 */
    0x00, 0x00, 0x08, 0x04, 1,    2,    3,    4,    5, 6, 7, 8, /* PING */
    0x00, 0x00, 0x08, 0x05, 1,    2,    3,    4,    5, 6, 7, 8, /* PONG */
};

static void frames_are_these_bytes(void **state)
{
    (void)state;
    struct ds_buf buf;
    ds_buf_init(&buf, 1000);
    assert_int_equal(ds_frame_append(&buf, DS_FRAME_CONTROL, "{}", 2), DS_OK);
    assert_int_equal(ds_frame_append(&buf, DS_FRAME_DATA, "\xaa\xbb\xcc", 3), DS_OK);
    assert_int_equal(ds_frame_append_u32(&buf, DS_FRAME_CREDIT, 65536), DS_OK);
    assert_int_equal(ds_frame_append_u64(&buf, DS_FRAME_PING, 0x0102030405060708), DS_OK);
    assert_int_equal(ds_frame_append_u64(&buf, DS_FRAME_PONG, 0x0102030405060708), DS_OK);
    assert_int_equal(buf.len, sizeof(golden));
    assert_memory_equal(ds_buf_peek(&buf), golden, sizeof(golden));
    ds_buf_destroy(&buf);
}

static void frames_are_read_back_and_wait_at_every_cut(void **state)
{
    (void)state;
    static const size_t sizes[] = {6, 7, 8, 12, 12};
    size_t at = 0;
    for (unsigned i = 0; i < 5; i++) {
        struct ds_frame frame;
        for (size_t cut = 0; cut < sizes[i]; cut++) {
            uint8_t *exact = malloc(cut ? cut : 1);
            assert_non_null(exact);
            memcpy(exact, golden + at, cut);
            assert_int_equal(ds_frame_decode(exact, cut, &frame), 0);
            free(exact);
        }
        assert_int_equal(ds_frame_decode(golden + at, sizeof(golden) - at, &frame), sizes[i]);
        assert_int_equal(frame.type, i + 1);
        assert_int_equal(frame.len, sizes[i] - DS_FRAME_HEADER);
        assert_ptr_equal(frame.payload, golden + at + DS_FRAME_HEADER);
        at += sizes[i];
    }
}

/* Result of a header alone, followed by nothing. */
static int header(uint8_t type, uint32_t len)
{
    const uint8_t bytes[] = {(uint8_t)(len >> 16), (uint8_t)(len >> 8), (uint8_t)len, type};
    struct ds_frame frame;
    return ds_frame_decode(bytes, sizeof(bytes), &frame);
}

static void a_length_out_of_bounds_is_refused_by_the_header_alone(void **state)
{
    (void)state;
    static const struct {
        uint8_t type;
        uint32_t least, most;
    } bounds[] = {
        {DS_FRAME_CONTROL, 2, DS_FRAME_CONTROL_MAX},
        {DS_FRAME_DATA, 1, DS_FRAME_DATA_MAX},
        {DS_FRAME_CREDIT, 4, 4},
        {DS_FRAME_PING, 8, 8},
        {DS_FRAME_PONG, 8, 8},
        {99, 1, DS_FRAME_PAYLOAD_MAX},
    };
    for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
        assert_int_equal(header(bounds[i].type, bounds[i].least), 0);
        assert_int_equal(header(bounds[i].type, bounds[i].most), 0);
        assert_int_equal(header(bounds[i].type, bounds[i].most + 1), DS_EPROTO);
        assert_int_equal(header(bounds[i].type, 0xffffff), DS_EPROTO);
        if (bounds[i].type != 99)
            assert_int_equal(header(bounds[i].type, bounds[i].least - 1), DS_EPROTO);
    }
}

static void an_unknown_type_is_delivered_to_be_skipped(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0, 0, 1, 200, 7, 0xff};
    struct ds_frame frame;
    assert_int_equal(ds_frame_decode(bytes, sizeof(bytes), &frame), 5);
    assert_int_equal(frame.type, 200);
    static const uint8_t empty[] = {0, 0, 0, 200};
    assert_int_equal(ds_frame_decode(empty, sizeof(empty), &frame), 4);
    assert_int_equal(frame.len, 0);
}

static void a_frame_out_of_bounds_is_not_written(void **state)
{
    (void)state;
    static uint8_t bytes[DS_FRAME_PAYLOAD_MAX + 1];
    struct ds_buf buf;
    ds_buf_init(&buf, 1u << 20);
    assert_int_equal(ds_frame_append(&buf, DS_FRAME_DATA, bytes, DS_FRAME_DATA_MAX), DS_OK);
    assert_int_equal(ds_frame_append(&buf, DS_FRAME_CONTROL, bytes, DS_FRAME_CONTROL_MAX), DS_OK);
    size_t before = buf.len;
    assert_int_equal(ds_frame_append(&buf, DS_FRAME_DATA, bytes, DS_FRAME_DATA_MAX + 1), DS_ELIMIT);
    assert_int_equal(ds_frame_append(&buf, DS_FRAME_DATA, bytes, 0), DS_ELIMIT);
    assert_int_equal(ds_frame_append(&buf, DS_FRAME_CONTROL, bytes, 1), DS_ELIMIT);
    assert_int_equal(ds_frame_append(&buf, DS_FRAME_CONTROL, bytes, DS_FRAME_CONTROL_MAX + 1),
                     DS_ELIMIT);
    assert_int_equal(ds_frame_append(&buf, DS_FRAME_PING, bytes, 7), DS_ELIMIT);
    assert_int_equal(buf.len, before);
    ds_buf_destroy(&buf);
    /* Half a frame is never left behind when the buffer is full. */
    ds_buf_init(&buf, 6);
    assert_int_equal(ds_frame_append(&buf, DS_FRAME_DATA, bytes, 3), DS_ELIMIT);
    assert_int_equal(buf.len, 0);
    ds_buf_destroy(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_are_these_bytes),
        cmocka_unit_test(frames_are_read_back_and_wait_at_every_cut),
        cmocka_unit_test(a_length_out_of_bounds_is_refused_by_the_header_alone),
        cmocka_unit_test(an_unknown_type_is_delivered_to_be_skipped),
        cmocka_unit_test(a_frame_out_of_bounds_is_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
