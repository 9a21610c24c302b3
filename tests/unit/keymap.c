/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/keymap.h"
#include "common/base/error.h"
#include "common/x11/keysym.h"
#include "common/x11/spare.h"
#include "tests/unit/keymap_recorded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#define NUM_LOCK 0x10 /* Mod2 on these layouts */
#define LEVEL3 0x80   /* Mod5 */
#define ALT 0x08
#define SUPER 0x40

#define KEY_1 10 /* codes of a pc105 keyboard, by what is printed on a US one */
#define KEY_Q 24
#define KEY_E 26
#define KEY_A 38
#define KEY_C 54
#define KEY_TAB 23
#define KEY_F4 70
#define KEY_KP_END 87

static struct ds_keymap load(const struct recorded_key *keys, size_t key_count,
                             const struct recorded_type *types, size_t type_count)
{
    struct ds_keymap map;
    assert_int_equal(0, ds_keymap_init(&map, 8, 255));
    for (size_t i = 0; i < type_count; i++)
        map.types[types[i].number] = types[i].type;
    for (size_t i = 0; i < key_count; i++)
        assert_int_equal(0, ds_keymap_set(&map, keys[i].code, &keys[i].key, keys[i].syms));
    return map;
}

#define LOAD(name)                                                                                 \
    load(name##_keys, sizeof(name##_keys) / sizeof(name##_keys[0]), name##_types,                  \
         sizeof(name##_types) / sizeof(name##_types[0]))

static void expect(const struct ds_keymap *map, uint32_t keysym, uint8_t group, uint8_t mods,
                   uint8_t code, uint8_t want_group, uint8_t want_mods)
{
    struct ds_key_choice choice;
    assert_int_equal(0, ds_keymap_find(map, keysym, group, mods, &choice));
    assert_int_equal(code, choice.code);
    assert_int_equal(want_group, choice.group);
    assert_int_equal(want_mods, choice.mods);
}

static void levels_are_reached_by_shift_and_altgr(void **state)
{
    (void)state;
    struct ds_keymap us = LOAD(us), fr = LOAD(fr);
    expect(&us, 'q', 0, 0, KEY_Q, 0, 0);
    expect(&us, 'Q', 0, 0, KEY_Q, 0, DS_MOD_SHIFT);
    expect(&us, '1', 0, 0, KEY_1, 0, 0);
    expect(&fr, 'a', 0, 0, KEY_Q, 0, 0); /* AZERTY */
    expect(&fr, '1', 0, 0, KEY_1, 0, DS_MOD_SHIFT);
    expect(&fr, '&', 0, 0, KEY_1, 0, 0);
    expect(&fr, 0x20ac, 0, 0, KEY_E, 0, LEVEL3); /* EuroSign */
    ds_keymap_destroy(&us);
    ds_keymap_destroy(&fr);
}

static void what_is_held_too_much_is_taken_away(void **state)
{
    (void)state;
    struct ds_keymap fr = LOAD(fr);
    expect(&fr, '&', 0, DS_MOD_SHIFT, KEY_1, 0, 0);
    expect(&fr, '1', 0, DS_MOD_SHIFT, KEY_1, 0, DS_MOD_SHIFT);
    expect(&fr, 'a', 0, LEVEL3 | DS_MOD_SHIFT, KEY_Q, 0, 0);
    ds_keymap_destroy(&fr);
}

static void locks_do_not_change_letters(void **state)
{
    (void)state;
    struct ds_keymap us = LOAD(us), fr = LOAD(fr);
    /* a capital may use the lock that is on; a small letter needs it off */
    expect(&us, 'A', 0, DS_MOD_LOCK, KEY_A, 0, DS_MOD_LOCK);
    expect(&us, 'a', 0, DS_MOD_LOCK, KEY_A, 0, 0);
    expect(&us, '1', 0, DS_MOD_LOCK, KEY_1, 0, DS_MOD_LOCK); /* the lock is nothing to digits */
    expect(&us, 'a', 0, DS_MOD_LOCK | NUM_LOCK, KEY_A, 0, NUM_LOCK);
    /* it is never switched on for a capital */
    expect(&us, 'A', 0, 0, KEY_A, 0, DS_MOD_SHIFT);
    expect(&fr, 'A', 0, NUM_LOCK, KEY_Q, 0, DS_MOD_SHIFT | NUM_LOCK);
    ds_keymap_destroy(&us);
    ds_keymap_destroy(&fr);
}

static void the_keypad_uses_numlock_rather_than_shift(void **state)
{
    (void)state;
    struct ds_keymap us = LOAD(us);
    expect(&us, 0xffb1, 0, 0, KEY_KP_END, 0, NUM_LOCK);        /* KP_1 */
    expect(&us, 0xff9c, 0, NUM_LOCK, KEY_KP_END, 0, 0);        /* KP_End */
    expect(&us, 0xffb1, 0, NUM_LOCK, KEY_KP_END, 0, NUM_LOCK); /* as it is */
    ds_keymap_destroy(&us);
}

static void shortcuts_keep_their_modifiers(void **state)
{
    (void)state;
    struct ds_keymap us = LOAD(us), fr = LOAD(fr), ru = LOAD(us_ru);
    expect(&us, 'c', 0, DS_MOD_CONTROL, KEY_C, 0, DS_MOD_CONTROL);
    expect(&us, 'C', 0, DS_MOD_CONTROL | DS_MOD_SHIFT, KEY_C, 0, DS_MOD_CONTROL | DS_MOD_SHIFT);
    expect(&fr, 'a', 0, DS_MOD_CONTROL, KEY_Q, 0, DS_MOD_CONTROL);
    expect(&us, 0xffc1, 0, ALT, KEY_F4, 0, ALT); /* Alt+F4 */
    expect(&us, 0xffc1, 0, ALT | DS_MOD_CONTROL, KEY_F4, 0, ALT | DS_MOD_CONTROL);
    expect(&us, 0xff09, 0, DS_MOD_SHIFT, KEY_TAB, 0, DS_MOD_SHIFT); /* Tab under Shift */
    expect(&us, 0xfe20, 0, DS_MOD_SHIFT, KEY_TAB, 0, DS_MOD_SHIFT); /* ISO_Left_Tab */
    expect(&us, 'l', 0, SUPER, 46, 0, SUPER);
    /* the customer writes Russian: Ctrl+C needs the Latin group for the moment */
    expect(&ru, 'c', 1, DS_MOD_CONTROL, KEY_C, 0, DS_MOD_CONTROL);
    ds_keymap_destroy(&us);
    ds_keymap_destroy(&fr);
    ds_keymap_destroy(&ru);
}

static void the_group_that_is_on_is_preferred(void **state)
{
    (void)state;
    struct ds_keymap ru = LOAD(us_ru);
    uint32_t small_es = 0x06d3; /* Cyrillic_es, on the key c */
    expect(&ru, small_es, 0, 0, KEY_C, 1, 0);
    expect(&ru, small_es, 1, 0, KEY_C, 1, 0);
    expect(&ru, 0x01000441, 1, 0, KEY_C, 1, 0); /* the same letter spelled as a character */
    expect(&ru, 'c', 0, 0, KEY_C, 0, 0);
    /* keys that are the same in both groups need no switch */
    expect(&ru, 0xff0d, 1, 0, 36, 1, 0);
    ds_keymap_destroy(&ru);
}

static void what_no_key_gives_is_not_found(void **state)
{
    (void)state;
    struct ds_keymap us = LOAD(us);
    struct ds_key_choice choice;
    assert_int_equal(DS_ENOTFOUND, ds_keymap_find(&us, 0xe9, 0, 0, &choice));
    assert_int_equal(DS_ENOTFOUND, ds_keymap_find(&us, 0x0101f600, 0, 0, &choice));
    assert_int_equal(DS_ENOTFOUND, ds_keymap_find(&us, 0, 0, 0, &choice));
    assert_int_equal(DS_ENOTFOUND, ds_keymap_find(&us, 0xff21, 0, 0, &choice)); /* Kanji */
    ds_keymap_destroy(&us);
}

static void every_choice_gives_what_was_asked_for(void **state)
{
    (void)state;
    struct ds_keymap maps[] = {LOAD(us), LOAD(fr), LOAD(us_ru)};
    for (size_t m = 0; m < 3; m++)
        for (uint32_t keysym = 0x20; keysym < 0x7f; keysym++)
            for (unsigned mods = 0; mods < 256; mods++) {
                struct ds_key_choice choice;
                if (ds_keymap_find(&maps[m], keysym, 0, (uint8_t)mods, &choice))
                    continue;
                assert_int_equal(keysym,
                                 ds_keymap_sym(&maps[m], choice.code, choice.group, choice.mods));
                unsigned lost = mods & ~(unsigned)choice.mods;
                assert_int_equal(0, lost & (DS_MOD_CONTROL | ALT | SUPER));
            }
    for (size_t m = 0; m < 3; m++)
        ds_keymap_destroy(&maps[m]);
}

static void modifiers_have_a_key(void **state)
{
    (void)state;
    struct ds_keymap fr = LOAD(fr);
    assert_int_equal(50, ds_keymap_modifier(&fr, DS_MOD_SHIFT));   /* Shift_L */
    assert_int_equal(37, ds_keymap_modifier(&fr, DS_MOD_CONTROL)); /* Control_L */
    assert_int_equal(92, ds_keymap_modifier(&fr, LEVEL3));         /* the code for it */
    assert_int_equal(0, ds_keymap_modifier(&fr, DS_MOD_LOCK));     /* a lock is not held */
    assert_int_equal(0, ds_keymap_modifier(&fr, NUM_LOCK));
    ds_keymap_destroy(&fr);
}

static void groups_beyond_those_of_a_key_wrap_as_it_says(void **state)
{
    (void)state;
    struct ds_key key = {.groups = 2, .wrap = 0};
    assert_int_equal(1, ds_keymap_group(&key, 1));
    assert_int_equal(0, ds_keymap_group(&key, 2));
    assert_int_equal(1, ds_keymap_group(&key, 3));
    key.wrap = 0x40; /* clamp */
    assert_int_equal(1, ds_keymap_group(&key, 3));
    key.wrap = 0x80; /* to the first */
    assert_int_equal(0, ds_keymap_group(&key, 3));
    key.wrap = 0x80 | 0x10; /* to the second */
    assert_int_equal(1, ds_keymap_group(&key, 3));
    key.wrap = 0x80 | 0x30; /* to one that it has not */
    assert_int_equal(0, ds_keymap_group(&key, 3));
}

static void keys_out_of_range_are_refused(void **state)
{
    (void)state;
    struct ds_keymap map;
    const uint32_t syms[8] = {'x'};
    struct ds_key key = {.groups = 1, .width = 1};
    assert_int_equal(0, ds_keymap_init(&map, 8, 255));
    assert_int_equal(DS_EINVAL, ds_keymap_set(&map, 7, &key, syms));
    key.groups = 5;
    assert_int_equal(DS_EINVAL, ds_keymap_set(&map, 9, &key, syms));
    assert_true(ds_keymap_is_spare(&map, 9));
    assert_false(ds_keymap_is_spare(&map, 7));
    ds_keymap_destroy(&map);
}

/* ---- keysyms ---- */

static void keysyms_and_characters_agree(void **state)
{
    (void)state;
    assert_int_equal('a', ds_keysym_to_char('a'));
    assert_int_equal(0xe9, ds_keysym_to_char(0xe9));
    assert_int_equal(0x430, ds_keysym_to_char(0x06c1));  /* Cyrillic_a */
    assert_int_equal(0x3a9, ds_keysym_to_char(0x07d9));  /* Greek_OMEGA */
    assert_int_equal(0x20ac, ds_keysym_to_char(0x20ac)); /* EuroSign */
    assert_int_equal(0x104, ds_keysym_to_char(0x01a1));  /* the first of the table */
    assert_int_equal(0x1f600, ds_keysym_to_char(0x0101f600));
    assert_int_equal(0, ds_keysym_to_char(0xff0d)); /* Return types nothing here */
    assert_int_equal(0, ds_keysym_to_char(0xfe52)); /* dead_circumflex */
    assert_int_equal(0, ds_keysym_to_char(0x01110000));
    assert_int_equal(0x7e, ds_keysym_from_char('~'));
    assert_int_equal(0x01000416, ds_keysym_from_char(0x416));
    assert_int_equal(0, ds_keysym_from_char('\n'));
    assert_int_equal(0, ds_keysym_from_char(0x7f));
    assert_int_equal(0, ds_keysym_from_char(0xd800));
    assert_int_equal(0, ds_keysym_from_char(0x110000));
    assert_true(ds_keysym_is_same(0x06c1, 0x01000430));
    assert_false(ds_keysym_is_same(0xff0d, 0xff8d)); /* Return and KP_Enter */
    for (uint32_t c = 0x100; c < 0x20000; c++)
        if (ds_keysym_from_char(c))
            assert_int_equal(c, ds_keysym_to_char(ds_keysym_from_char(c)));
}

/* ---- spare codes ---- */

static void spare_codes_are_lent_in_turn_and_kept_while_young(void **state)
{
    (void)state;
    struct ds_keymap us = LOAD(us);
    struct ds_spare spare = {.count = 0};
    ds_spare_review(&spare, &us);
    assert_int_equal(DS_SPARE_MAX, spare.count); /* the recording ends at 135 */
    spare.count = 3;
    uint8_t codes[4];
    ds_tick again = 0;
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(0, ds_spare_take(&spare, 0x1000400 + i, DS_SECOND + i, &codes[i], &again));
        for (unsigned k = 0; k < i; k++)
            assert_int_not_equal(codes[k], codes[i]);
    }
    assert_int_equal(DS_EAGAIN, ds_spare_take(&spare, 0x1000500, DS_SECOND + 9, &codes[3], &again));
    assert_int_equal(DS_SECOND + DS_SPARE_KEEP, again);
    ds_spare_use(&spare, codes[0], DS_SECOND + 10); /* pressed again: the second is the oldest */
    assert_int_equal(0, ds_spare_take(&spare, 0x1000500, again + 1, &codes[3], &again));
    assert_int_equal(codes[1], codes[3]);
    ds_keymap_destroy(&us);
}

static void spare_codes_go_back_when_they_have_rested(void **state)
{
    (void)state;
    struct ds_keymap us = LOAD(us);
    struct ds_spare spare = {.count = 0};
    uint8_t first, second;
    ds_tick again;
    ds_spare_review(&spare, &us);
    assert_int_equal(0, ds_spare_deadline(&spare));
    assert_int_equal(0, ds_spare_take(&spare, 0x1000400, DS_SECOND, &first, &again));
    assert_int_equal(0, ds_spare_take(&spare, 0x1000401, 3 * DS_SECOND, &second, &again));
    assert_int_equal(DS_SECOND + DS_SPARE_REST, ds_spare_deadline(&spare));
    assert_int_equal(0, ds_spare_give_back(&spare, DS_SECOND - 1));
    assert_int_equal(first, ds_spare_give_back(&spare, DS_SECOND));
    assert_int_equal(0, ds_spare_give_back(&spare, DS_SECOND));
    assert_int_equal(3 * DS_SECOND + DS_SPARE_REST, ds_spare_deadline(&spare));
    assert_int_equal(second, ds_spare_give_back(&spare, UINT64_MAX));
    assert_int_equal(0, ds_spare_deadline(&spare));
    ds_keymap_destroy(&us);
}

static void a_new_layout_takes_lent_codes_away(void **state)
{
    (void)state;
    struct ds_keymap us = LOAD(us);
    struct ds_spare spare = {.count = 0};
    const uint32_t lent = 0x1000400, other = 'x';
    uint8_t code;
    ds_tick again;
    ds_spare_review(&spare, &us);
    size_t before = spare.count;
    assert_int_equal(0, ds_spare_take(&spare, lent, DS_SECOND, &code, &again));
    struct ds_key key = {.groups = 1, .width = 1};
    assert_int_equal(0, ds_keymap_set(&us, code, &key, &lent));
    ds_spare_review(&spare, &us); /* as the display now has it */
    assert_int_equal(before, spare.count);
    assert_int_not_equal(0, ds_spare_deadline(&spare));
    assert_int_equal(0, ds_keymap_set(&us, code, &key, &other));
    ds_spare_review(&spare, &us); /* somebody else uses the code */
    assert_int_equal(0, ds_spare_deadline(&spare));
    for (size_t i = 0; i < spare.count; i++)
        assert_int_not_equal(code, spare.slots[i].code);
    ds_keymap_destroy(&us);
}

static void a_layout_without_spare_codes_says_so(void **state)
{
    (void)state;
    struct ds_spare spare = {.count = 0};
    uint8_t code;
    ds_tick again;
    assert_int_equal(DS_ENOTFOUND, ds_spare_take(&spare, 0x1000400, DS_SECOND, &code, &again));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_are_reached_by_shift_and_altgr),
        cmocka_unit_test(what_is_held_too_much_is_taken_away),
        cmocka_unit_test(locks_do_not_change_letters),
        cmocka_unit_test(the_keypad_uses_numlock_rather_than_shift),
        cmocka_unit_test(shortcuts_keep_their_modifiers),
        cmocka_unit_test(the_group_that_is_on_is_preferred),
        cmocka_unit_test(what_no_key_gives_is_not_found),
        cmocka_unit_test(every_choice_gives_what_was_asked_for),
        cmocka_unit_test(modifiers_have_a_key),
        cmocka_unit_test(groups_beyond_those_of_a_key_wrap_as_it_says),
        cmocka_unit_test(keys_out_of_range_are_refused),
        cmocka_unit_test(keysyms_and_characters_agree),
        cmocka_unit_test(spare_codes_are_lent_in_turn_and_kept_while_young),
        cmocka_unit_test(spare_codes_go_back_when_they_have_rested),
        cmocka_unit_test(a_new_layout_takes_lent_codes_away),
        cmocka_unit_test(a_layout_without_spare_codes_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
