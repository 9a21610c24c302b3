/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/present/arrange.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { MOST = 8 };

static const struct ds_rect rooms[] = {
    {0, 27, 1920, 1053}, {1920, 0, 1279, 1001}, {-1080, 40, 1080, 1880}, {0, 0, 640, 480}};

static bool meet(struct ds_rect a, struct ds_rect b)
{
    return !ds_rect_is_empty(ds_rect_intersect(a, b));
}

static void tiles_fill_the_room_and_never_meet(void **state)
{
    (void)state;
    for (size_t r = 0; r < sizeof(rooms) / sizeof(rooms[0]); r++)
        for (unsigned count = 1; count <= MOST; count++) {
            struct ds_rect tile[MOST];
            int64_t area = 0;
            for (unsigned i = 0; i < count; i++) {
                tile[i] = viewer_arrange_place(VIEWER_ARRANGE_TILE, rooms[r], count, i, 30);
                struct ds_rect in = ds_rect_intersect(tile[i], rooms[r]);
                assert_int_equal(in.width, tile[i].width);
                assert_int_equal(in.height, tile[i].height);
                area += (int64_t)tile[i].width * tile[i].height;
                for (unsigned k = 0; k < i; k++)
                    assert_false(meet(tile[i], tile[k]));
            }
            assert_int_equal(area, (int64_t)rooms[r].width * rooms[r].height);
        }
}

static void two_stand_beside_each_other_and_three_share_the_second_row(void **state)
{
    (void)state;
    struct ds_rect room = {0, 0, 1600, 900}, tall = {0, 0, 900, 1600};
    struct ds_rect second = viewer_arrange_place(VIEWER_ARRANGE_TILE, room, 2, 1, 30);
    assert_int_equal(second.x, 800);
    assert_int_equal(second.height, 900);
    second = viewer_arrange_place(VIEWER_ARRANGE_TILE, tall, 2, 1, 30);
    assert_int_equal(second.y, 800);
    assert_int_equal(second.width, 900);
    struct ds_rect third = viewer_arrange_place(VIEWER_ARRANGE_TILE, room, 3, 2, 30);
    assert_int_equal(third.x, 0);
    assert_int_equal(third.y, 450);
    assert_int_equal(third.width, 1600);
}

static void a_cascade_stays_in_the_room_with_every_title_in_sight(void **state)
{
    (void)state;
    for (size_t r = 0; r < sizeof(rooms) / sizeof(rooms[0]); r++)
        for (unsigned i = 0; i < MOST; i++) {
            struct ds_rect at = viewer_arrange_place(VIEWER_ARRANGE_CASCADE, rooms[r], MOST, i, 32);
            struct ds_rect in = ds_rect_intersect(at, rooms[r]);
            assert_int_equal(in.width, at.width);
            assert_int_equal(in.height, at.height);
            if (i == 0)
                continue;
            struct ds_rect before =
                viewer_arrange_place(VIEWER_ARRANGE_CASCADE, rooms[r], MOST, i - 1, 32);
            assert_true(at.y == before.y + 32 || at.y == rooms[r].y);
            assert_int_equal(at.x - rooms[r].x, at.y - rooms[r].y);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tiles_fill_the_room_and_never_meet),
        cmocka_unit_test(two_stand_beside_each_other_and_three_share_the_second_row),
        cmocka_unit_test(a_cascade_stays_in_the_room_with_every_title_in_sight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
