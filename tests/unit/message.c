/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/wire/message.h"

#include "common/base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEX32 "00112233445566778899aabbccddeeff"
#define HEX64 HEX32 HEX32

/* Every type with every field, as it travels. */
static const struct {
    enum ds_message_type type;
    const char *json;
} golden[] = {
    {DS_MESSAGE_HELLO,
     "{\"type\":\"hello\",\"version\":1,\"role\":\"agent\",\"program\":\"deskside-agent 0.1.0\"}"},
    {DS_MESSAGE_SIGN_IN,
     "{\"type\":\"sign-in\",\"email\":\"dana@example.com\",\"password\":\"correct horse\"}"},
    {DS_MESSAGE_NEW_SESSION, "{\"type\":\"new-session\"}"},
    {DS_MESSAGE_JOIN, "{\"type\":\"join\",\"join_code\":\"123456789\"}"},
    {DS_MESSAGE_WRONG_NUMBER, "{\"type\":\"wrong-number\",\"tries\":2}"},
    {DS_MESSAGE_VERIFIED, "{\"type\":\"verified\",\"audit\":\"" HEX64 "\"}"},
    {DS_MESSAGE_END, "{\"type\":\"end\",\"reason\":\"closed\"}"},
    {DS_MESSAGE_RESUME,
     "{\"type\":\"resume\",\"session\":\"" HEX32 "\",\"token\":\"" HEX32 "\",\"chat_seen\":7}"},
    {DS_MESSAGE_SAY, "{\"type\":\"say\",\"id\":\"" HEX32 "\",\"text\":\"Good morning\"}"},
    {DS_MESSAGE_WANT_TICKET, "{\"type\":\"want-ticket\"}"},
    {DS_MESSAGE_USE_TICKET, "{\"type\":\"use-ticket\",\"ticket\":\"" HEX32 "\"}"},
    {DS_MESSAGE_WELCOME, "{\"type\":\"welcome\",\"version\":1,\"host\":\"relay.example\",\"org\":"
                         "\"Acme Support\",\"heartbeat_ms\":5000,\"dead_ms\":15000}"},
    {DS_MESSAGE_SIGNED_IN, "{\"type\":\"signed-in\",\"name\":\"Dana R.\","
                           "\"without\":\"share-screen,files\"}"},
    {DS_MESSAGE_SESSION, "{\"type\":\"session\",\"session\":\"" HEX32
                         "\",\"join_code\":\"000000001\",\"expires_s\":900}"},
    {DS_MESSAGE_PAIRED, "{\"type\":\"paired\",\"session\":\"" HEX32
                        "\",\"name\":\"Dana R.\",\"org\":\"Acme Support\"}"},
    {DS_MESSAGE_ENDED, "{\"type\":\"ended\",\"by\":\"customer\",\"reason\":\"refused\"}"},
    {DS_MESSAGE_TOKEN, "{\"type\":\"token\",\"token\":\"" HEX32 "\"}"},
    {DS_MESSAGE_RESUMED, "{\"type\":\"resumed\",\"present\":1,\"left_s\":600}"},
    {DS_MESSAGE_PEER_AWAY, "{\"type\":\"peer-away\",\"left_s\":581}"},
    {DS_MESSAGE_REJOINED, "{\"type\":\"rejoined\",\"round\":2}"},
    {DS_MESSAGE_CHAT, "{\"type\":\"chat\",\"number\":7,\"id\":\"" HEX32
                      "\",\"from\":\"customer\",\"text\":\"Good morning\"}"},
    {DS_MESSAGE_TICKET, "{\"type\":\"ticket\",\"ticket\":\"" HEX32 "\",\"expires_s\":60}"},
    {DS_MESSAGE_MOVING, "{\"type\":\"moving\",\"delay_ms\":2000}"},
    {DS_MESSAGE_ERROR,
     "{\"type\":\"error\",\"error\":\"wrong-code\",\"message\":\"This code is not valid.\"}"},
    {DS_MESSAGE_TYPING, "{\"type\":\"typing\"}"},
    {DS_MESSAGE_SEEN, "{\"type\":\"seen\",\"number\":7}"},
};
#define GOLDEN (sizeof(golden) / sizeof(golden[0]))

static int decode(const char *json, struct ds_message *out)
{
    /* Without the NUL, in exactly sized memory. */
    size_t n = strlen(json);
    uint8_t *exact = malloc(n ? n : 1);
    assert_non_null(exact);
    memcpy(exact, json, n);
    int error = ds_message_decode(exact, n, out);
    free(exact);
    return error;
}

static void every_message_is_this_text_both_ways(void **state)
{
    (void)state;
    for (size_t i = 0; i < GOLDEN; i++) {
        struct ds_message message;
        assert_int_equal(decode(golden[i].json, &message), DS_OK);
        assert_int_equal(message.type, golden[i].type);
        struct ds_buf buf;
        ds_buf_init(&buf, DS_FRAME_CONTROL_MAX);
        assert_int_equal(ds_message_encode(&buf, &message), DS_OK);
        assert_int_equal(buf.len, strlen(golden[i].json));
        assert_memory_equal(ds_buf_peek(&buf), golden[i].json, buf.len);
        ds_buf_destroy(&buf);
    }
    /* And the list is whole. */
    assert_int_equal(GOLDEN, DS_MESSAGE_SEEN);
}

static void fields_land_where_they_belong(void **state)
{
    (void)state;
    struct ds_message m;
    assert_int_equal(decode(golden[11].json, &m), DS_OK);
    assert_int_equal(m.version, 1);
    assert_string_equal(m.host, "relay.example");
    assert_string_equal(m.org, "Acme Support");
    assert_int_equal(m.heartbeat_ms, 5000);
    assert_int_equal(m.dead_ms, 15000);
    assert_int_equal(decode(golden[13].json, &m), DS_OK);
    assert_string_equal(m.session, HEX32);
    assert_string_equal(m.join_code, "000000001");
    assert_int_equal(m.expires_s, 900);
    assert_string_equal(m.host, ""); /* nothing of the message before */
    assert_int_equal(decode("{\"type\":\"signed-in\",\"name\":\"Dana R.\"}", &m), DS_OK);
    assert_string_equal(m.without, "");
    assert_true(ds_message_lists("files,share-screen", DS_FEATURE_NAME_SHARE));
    assert_false(ds_message_lists("files,share-screens", DS_FEATURE_NAME_SHARE));
    assert_false(ds_message_lists("", DS_FEATURE_NAME_SHARE));
}

static void every_cut_is_refused_and_leaves_the_output_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < GOLDEN; i++) {
        char text[512];
        for (size_t cut = 0; cut < strlen(golden[i].json); cut++) {
            struct ds_message message = {.type = DS_MESSAGE_ENDED};
            memcpy(text, golden[i].json, cut);
            text[cut] = '\0';
            assert_int_equal(decode(text, &message), DS_EPROTO);
            assert_int_equal(message.type, DS_MESSAGE_ENDED);
        }
    }
}

static void every_field_is_needed(void **state)
{
    (void)state;
    for (size_t i = 0; i < GOLDEN; i++) {
        /* Rename each key after "type" in turn. */
        const char *at = strchr(golden[i].json, ',');
        while (at && (at = strstr(at, "\"")) != NULL) {
            char text[512];
            const char *end = strchr(at + 1, '"');
            if (end[1] == ':') {
                size_t offset = (size_t)(at - golden[i].json);
                snprintf(text, sizeof(text), "%s", golden[i].json);
                text[offset + 1] = '~';
                struct ds_message message;
                bool is_added = strncmp(at, "\"without\"", 9) == 0; /* older relays have none */
                assert_int_equal(decode(text, &message), is_added ? DS_OK : DS_EPROTO);
            }
            at = end + 1;
        }
    }
}

/* Fields that came later: both ways when they are there, and what an older program leaves out is
 * nothing. */
static void later_fields_may_be_left_out(void **state)
{
    (void)state;
    static const char *const whole[] = {
        "{\"type\":\"typing\",\"from\":\"rep\"}",
        "{\"type\":\"seen\",\"number\":7,\"from\":\"customer\"}",
        "{\"type\":\"chat\",\"number\":7,\"id\":\"" HEX32
        "\",\"from\":\"rep\",\"text\":\"a\",\"age_s\":90}",
    };
    for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
        struct ds_message m;
        struct ds_buf buf;
        ds_buf_init(&buf, DS_FRAME_CONTROL_MAX);
        assert_int_equal(decode(whole[i], &m), DS_OK);
        assert_int_equal(ds_message_encode(&buf, &m), DS_OK);
        assert_int_equal(buf.len, strlen(whole[i]));
        assert_memory_equal(ds_buf_peek(&buf), whole[i], buf.len);
        assert_true(m.age_s == (i == 2 ? 90u : 0u));
        ds_buf_destroy(&buf);
    }
    static const char *const bad[] = {
        "{\"type\":\"typing\",\"from\":\"relay\"}",
        "{\"type\":\"seen\",\"number\":7,\"from\":1}",
        "{\"type\":\"chat\",\"number\":7,\"id\":\"" HEX32
        "\",\"from\":\"rep\",\"text\":\"a\",\"age_s\":-1}",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct ds_message m;
        assert_int_equal(decode(bad[i], &m), DS_EPROTO);
    }
}

static void who_may_say_what(void **state)
{
    (void)state;
    for (int t = DS_MESSAGE_HELLO; t <= DS_MESSAGE_SEEN; t++) {
        bool is_both = t == DS_MESSAGE_TYPING || t == DS_MESSAGE_SEEN;
        assert_int_equal(ds_message_is_relays((enum ds_message_type)t), t >= DS_MESSAGE_WELCOME);
        assert_int_equal(ds_message_is_ends((enum ds_message_type)t),
                         t < DS_MESSAGE_WELCOME || is_both);
    }
    assert_false(ds_message_is_ends(DS_MESSAGE_UNKNOWN));
    assert_false(ds_message_is_relays((enum ds_message_type)999));
}

static void text_fields_have_their_bound(void **state)
{
    (void)state;
    static const struct {
        const char *format;
        size_t most;
    } fields[] = {
        {"{\"type\":\"sign-in\",\"email\":\"%s\",\"password\":\"p\"}", DS_TEXT_EMAIL - 1},
        {"{\"type\":\"sign-in\",\"email\":\"e\",\"password\":\"%s\"}", DS_TEXT_PASSWORD - 1},
        {"{\"type\":\"signed-in\",\"name\":\"%s\"}", DS_TEXT_NAME - 1},
        {"{\"type\":\"end\",\"reason\":\"%s\"}", DS_TEXT_REASON - 1},
        {"{\"type\":\"say\",\"id\":\"" HEX32 "\",\"text\":\"%s\"}", DS_TEXT_CHAT - 1},
        {"{\"type\":\"ended\",\"by\":\"%s\",\"reason\":\"\"}", 15},
        {"{\"type\":\"error\",\"error\":\"%s\",\"message\":\"\"}", DS_TEXT_REASON - 1},
        {"{\"type\":\"error\",\"error\":\"\",\"message\":\"%s\"}", DS_TEXT_MESSAGE - 1},
        {"{\"type\":\"hello\",\"version\":1,\"role\":\"viewer\",\"program\":\"%s\"}",
         DS_TEXT_NAME - 1},
    };
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        static char value[2 * DS_TEXT_CHAT], text[3 * DS_TEXT_CHAT];
        struct ds_message message;
        for (size_t n = fields[i].most - 1; n <= fields[i].most + 1; n++) {
            memset(value, 'x', n);
            value[n] = '\0';
            /* The formats are this table's own. */
            const char *at = strstr(fields[i].format, "%s");
            snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - fields[i].format), fields[i].format,
                     value, at + 2);
            assert_int_equal(decode(text, &message), n <= fields[i].most ? DS_OK : DS_EPROTO);
        }
    }
}

static void values_of_the_wrong_kind_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "x",
        "[]",
        "null",
        "{}",
        "{\"type\":3}",
        "{\"type\":\"new-session\"}x",
        "{\"type\":\"new-session\",\"type\":\"join\"}",
        "{\"type\":\"join\",\"join_code\":123456789}",
        "{\"type\":\"join\",\"join_code\":\"12345678\"}",
        "{\"type\":\"join\",\"join_code\":\"1234567890\"}",
        "{\"type\":\"join\",\"join_code\":\"12345678a\"}",
        "{\"type\":\"join\",\"join_code\":null}",
        "{\"type\":\"join\",\"join_code\":[\"123456789\"]}",
        "{\"type\":\"hello\",\"version\":1,\"role\":\"relay\",\"program\":\"p\"}",
        "{\"type\":\"hello\",\"version\":-1,\"role\":\"agent\",\"program\":\"p\"}",
        "{\"type\":\"hello\",\"version\":1.5,\"role\":\"agent\",\"program\":\"p\"}",
        "{\"type\":\"hello\",\"version\":2147483648,\"role\":\"agent\",\"program\":\"p\"}",
        "{\"type\":\"hello\",\"version\":1e99,\"role\":\"agent\",\"program\":\"p\"}",
        "{\"type\":\"hello\",\"version\":\"1\",\"role\":\"agent\",\"program\":\"p\"}",
        "{\"type\":\"hello\",\"version\":true,\"role\":\"agent\",\"program\":\"p\"}",
        "{\"type\":\"hello\",\"version\":1,\"role\":\"agent\",\"program\":\"a\\u0000b\"}",
        "{\"type\":\"hello\",\"version\":1,\"role\":\"agent\",\"program\":\"\xff\"}",
        "{\"type\":\"verified\",\"audit\":\"" HEX32 "\"}",
        "{\"type\":\"verified\",\"audit\":\"" HEX32 "00112233445566778899AABBCCDDEEFF\"}",
        "{\"type\":\"wrong-number\",\"tries\":0}",
        "{\"type\":\"wrong-number\",\"tries\":4}",
        "{\"type\":\"say\",\"id\":\"" HEX32 "\",\"text\":\"\"}",
        "{\"type\":\"resumed\",\"present\":2,\"left_s\":600}",
        "{\"type\":\"token\",\"token\":\"0011\"}",
        "{\"type\":\"chat\",\"number\":7,\"id\":\"" HEX32 "\",\"from\":\"relay\",\"text\":\"a\"}",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct ds_message message;
        assert_int_equal(decode(bad[i], &message), DS_EPROTO);
    }
}

static void deep_nesting_and_long_text_are_refused_before_parsing(void **state)
{
    (void)state;
    static char text[DS_FRAME_CONTROL_MAX + 2];
    struct ds_message message;
    int n = snprintf(text, sizeof(text), "{\"type\":\"new-session\",\"x\":");
    memset(text + n, '[', 2000);
    text[n + 2000] = '\0';
    assert_int_equal(decode(text, &message), DS_EPROTO);
    assert_int_equal(decode("{\"type\":\"new-session\",\"x\":[[[{}]]]}", &message), DS_EPROTO);
    assert_int_equal(decode("{\"type\":\"new-session\",\"x\":[[{}]]}", &message), DS_OK);
    /* Brackets inside a string are not nesting, an escaped quote does not end it. */
    assert_int_equal(decode("{\"type\":\"end\",\"reason\":\"[[[[[[\\\"{{{{\"}", &message), DS_OK);
    assert_string_equal(message.reason, "[[[[[[\"{{{{");
    memset(text, ' ', sizeof(text));
    memcpy(text, golden[2].json, strlen(golden[2].json));
    text[DS_FRAME_CONTROL_MAX] = '\0';
    assert_int_equal(decode(text, &message), DS_OK);
    text[DS_FRAME_CONTROL_MAX] = ' ';
    text[DS_FRAME_CONTROL_MAX + 1] = '\0';
    assert_int_equal(decode(text, &message), DS_EPROTO);
}

static void what_a_newer_version_says_is_ignored(void **state)
{
    (void)state;
    struct ds_message message;
    assert_int_equal(decode("{\"type\":\"levitate\",\"height\":3}", &message), DS_OK);
    assert_int_equal(message.type, DS_MESSAGE_UNKNOWN);
    assert_int_equal(decode("{\"type\":\"unknown\"}", &message), DS_OK);
    assert_int_equal(message.type, DS_MESSAGE_UNKNOWN);
    assert_int_equal(decode("{\"new\":{\"a\":1},\"type\":\"end\",\"reason\":\"closed\"}", &message),
                     DS_OK);
    assert_int_equal(message.type, DS_MESSAGE_END);
}

static void a_message_that_is_not_well_formed_is_not_written(void **state)
{
    (void)state;
    struct ds_buf buf;
    ds_buf_init(&buf, 40);
    struct ds_message m = {.type = DS_MESSAGE_UNKNOWN};
    assert_int_equal(ds_message_encode(&buf, &m), DS_EINVAL);
    m.type = (enum ds_message_type)999;
    assert_int_equal(ds_message_encode(&buf, &m), DS_EINVAL);
    m = (struct ds_message){.type = DS_MESSAGE_JOIN, .join_code = "12345"};
    assert_int_equal(ds_message_encode(&buf, &m), DS_EINVAL);
    m = (struct ds_message){.type = DS_MESSAGE_END, .reason = "\xff"};
    assert_int_equal(ds_message_encode(&buf, &m), DS_EINVAL);
    m = (struct ds_message){.type = DS_MESSAGE_WRONG_NUMBER, .tries = 9};
    assert_int_equal(ds_message_encode(&buf, &m), DS_EINVAL);
    m = (struct ds_message){.type = DS_MESSAGE_END, .reason = "a reason longer than the buffer"};
    assert_int_equal(ds_message_encode(&buf, &m), DS_ELIMIT);
    assert_int_equal(buf.len, 0);
    ds_buf_destroy(&buf);
}

static void names_are_those_of_the_wire_and_wiping_leaves_nothing(void **state)
{
    (void)state;
    assert_string_equal(ds_message_name(DS_MESSAGE_SIGN_IN), "sign-in");
    assert_string_equal(ds_message_name((enum ds_message_type)999), "unknown");
    struct ds_message message, zero;
    assert_int_equal(decode(golden[1].json, &message), DS_OK);
    assert_string_equal(message.password, "correct horse");
    ds_message_wipe(&message);
    memset(&zero, 0, sizeof(zero));
    assert_memory_equal(&message, &zero, sizeof(zero));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_message_is_this_text_both_ways),
        cmocka_unit_test(fields_land_where_they_belong),
        cmocka_unit_test(every_cut_is_refused_and_leaves_the_output_alone),
        cmocka_unit_test(every_field_is_needed),
        cmocka_unit_test(later_fields_may_be_left_out),
        cmocka_unit_test(who_may_say_what),
        cmocka_unit_test(text_fields_have_their_bound),
        cmocka_unit_test(values_of_the_wrong_kind_are_refused),
        cmocka_unit_test(deep_nesting_and_long_text_are_refused_before_parsing),
        cmocka_unit_test(what_a_newer_version_says_is_ignored),
        cmocka_unit_test(a_message_that_is_not_well_formed_is_not_written),
        cmocka_unit_test(names_are_those_of_the_wire_and_wiping_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
