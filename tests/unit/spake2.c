/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/tunnel/spake2.h"

#include "common/base/error.h"
#include "common/tunnel/number.h"
#include "common/tunnel/secret.h"
#include "common/tunnel/tunnel.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* RFC 9382 appendix B, SPAKE2-P256-SHA256-HKDF-HMAC: all four. */
static const struct vector {
    const char *a, *b, *w, *x, *y, *pa, *pb, *ke, *ca, *cb;
} vectors[] = {
    {
        .a = "server",
        .b = "client",
        .w = "2ee57912099d31560b3a44b1184b9b4866e904c49d12ac5042c97dca461b1a5f",
        .x = "43dd0fd7215bdcb482879fca3220c6a968e66d70b1356cac18bb26c84a78d729",
        .y = "dcb60106f276b02606d8ef0a328c02e4b629f84f89786af5befb0bc75b6e66be",
        .pa = "04a56fa807caaa53a4d28dbb9853b9815c61a411118a6fe516a8798434751470f9"
              "010153ac33d0d5f2047ffdb1a3e42c9b4e6be662766e1eeb4116988ede5f912c",
        .pb = "0406557e482bd03097ad0cbaa5df82115460d951e3451962f1eaf4367a420676d0"
              "9857ccbc522686c83d1852abfa8ed6e4a1155cf8f1543ceca528afb591a1e0b7",
        .ke = "0e0672dc86f8e45565d338b0540abe69",
        .ca = "58ad4aa88e0b60d5061eb6b5dd93e80d9c4f00d127c65b3b35b1b5281fee38f0",
        .cb = "d3e2e547f1ae04f2dbdbf0fc4b79f8ecff2dff314b5d32fe9fcef2fb26dc459b",
    },
    {
        .a = "",
        .b = "client",
        .w = "0548d8729f730589e579b0475a582c1608138ddf7054b73b5381c7e883e2efae",
        .x = "403abbe3b1b4b9ba17e3032849759d723939a27a27b9d921c500edde18ed654b",
        .y = "903023b6598908936ea7c929bd761af6039577a9c3f9581064187c3049d87065",
        .pa = "04a897b769e681c62ac1c2357319a3d363f610839c4477720d24cbe32f5fd85f44"
              "fb92ba966578c1b712be6962498834078262caa5b441ecfa9d4a9485720e918a",
        .pb = "04e0f816fd1c35e22065d5556215c097e799390d16661c386e0ecc84593974a61b"
              "881a8c82327687d0501862970c64565560cb5671f696048050ca66ca5f8cc7fc",
        .ke = "642f05c473c2cd79909f9a841e2f30a7",
        .ca = "47d29e6666af1b7dd450d571233085d7a9866e4d49d2645e2df975489521232b",
        .cb = "3313c5cefc361d27fb16847a91c2a73b766ffa90a4839122a9b70a2f6bd1d6df",
    },
    {
        .a = "server",
        .b = "",
        .w = "626e0cdc7b14c9db3e52a0b1b3a768c98e37852d5db30febe0497b14eae8c254",
        .x = "07adb3db6bc623d3399726bfdbfd3d15a58ea776ab8a308b00392621291f9633",
        .y = "b6a4fc8dbb629d4ba51d6f91ed1532cf87adec98f25dd153a75accafafedec16",
        .pa = "04f88fb71c99bfffaea370966b7eb99cd4be0ff1a7d335caac4211c4afd855e2e1"
              "5a873b298503ad8ba1d9cbb9a392d2ba309b48bfd7879aefd0f2cea6009763b0",
        .pb = "040c269d6be017dccb15182ac6bfcd9e2a14de019dd587eaf4bdfd353f031101e7"
              "cca177f8eb362a6e83e7d5e729c0732e1b528879c086f39ba0f31a9661bd34db",
        .ke = "005184ff460da2ce59062c87733c299c",
        .ca = "bc9f9bbe99f26d0b2260e6456e05a86196a3307ec6663a18bf6ac825736533b2",
        .cb = "c2370e1bf813b086dff0d834e74425a06e6390f48f5411900276dcccc5a297ec",
    },
    {
        .a = "",
        .b = "",
        .w = "7bf46c454b4c1b25799527d896508afd5fc62ef4ec59db1efb49113063d70cca",
        .x = "8cef65df64bb2d0f83540c53632de911b5b24b3eab6cc74a97609fd659e95473",
        .y = "d7a66f64074a84652d8d623a92e20c9675c61cb5b4f6a0063e4648a2fdc02d53",
        .pa = "04a65b367a3f613cf9f0654b1b28a1e3a8a40387956c8ba6063e8658563890f46c"
              "a1ef6a676598889fc28de2950ab8120b79a5ef1ea4c9f44bc98f585634b46d66",
        .pb = "04589f13218822710d98d8b2123a079041052d9941b9cf88c6617ddb2fcc049466"
              "2eea8ba6b64692dc318250030c6af045cb738bc81ba35b043c3dcb46adf6f58d",
        .ke = "fc6374762ba5cf11f4b2caa08b2cd1b9",
        .ca = "dfb4db8d48ae5a675963ea5e6c19d98d4ea028d8e898dad96ea19a80ade95dca",
        .cb = "d0f0609d1613138d354f7e95f19fb556bf52d751947241e8c7118df5ef0ae175",
    },
};

static void from_hex(const char *hex, uint8_t *out)
{
    for (size_t i = 0; hex[2 * i]; i++)
        assert_int_equal(sscanf(hex + 2 * i, "%2hhx", out + i), 1);
}

static void assert_hex(const uint8_t *bytes, size_t n, const char *hex)
{
    uint8_t want[DS_SPAKE2_POINT];
    assert_int_equal(strlen(hex), 2 * n);
    from_hex(hex, want);
    assert_memory_equal(bytes, want, n);
}

static struct ds_spake2 *run_of(const struct vector *v, enum ds_spake2_role role, bool is_random)
{
    uint8_t w[32], scalar[32];
    from_hex(v->w, w);
    from_hex(role == DS_SPAKE2_A ? v->x : v->y, scalar);
    const struct ds_spake2_config config = {
        .role = role,
        .w = w,
        .scalar = is_random ? NULL : scalar,
        .identity_a = v->a,
        .identity_a_len = strlen(v->a),
        .identity_b = v->b,
        .identity_b_len = strlen(v->b),
    };
    return ds_spake2_new(&config);
}

static void the_vectors_of_the_rfc_pass(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        const struct vector *v = &vectors[i];
        struct ds_spake2 *a = run_of(v, DS_SPAKE2_A, false), *b = run_of(v, DS_SPAKE2_B, false);
        assert_non_null(a);
        assert_non_null(b);
        uint8_t pa[DS_SPAKE2_POINT], pb[DS_SPAKE2_POINT], mac[DS_SPAKE2_MAC], key[DS_SPAKE2_KEY];
        ds_spake2_point(a, pa);
        ds_spake2_point(b, pb);
        assert_hex(pa, sizeof(pa), v->pa);
        assert_hex(pb, sizeof(pb), v->pb);
        assert_int_equal(ds_spake2_finish(a, pb, sizeof(pb)), DS_OK);
        assert_int_equal(ds_spake2_finish(b, pa, sizeof(pa)), DS_OK);
        ds_spake2_mac(a, mac);
        assert_hex(mac, sizeof(mac), v->ca);
        assert_true(ds_spake2_is_mac(b, mac));
        assert_false(ds_spake2_is_mac(a, mac));
        ds_spake2_mac(b, mac);
        assert_hex(mac, sizeof(mac), v->cb);
        assert_true(ds_spake2_is_mac(a, mac));
        assert_false(ds_spake2_is_mac(b, mac));
        ds_spake2_key(a, key);
        assert_hex(key, sizeof(key), v->ke);
        ds_spake2_key(b, key);
        assert_hex(key, sizeof(key), v->ke);
        ds_spake2_free(a);
        ds_spake2_free(b);
    }
}

static void random_scalars_agree_and_differ_each_time(void **state)
{
    (void)state;
    uint8_t last[DS_SPAKE2_POINT] = {0};
    for (int i = 0; i < 50; i++) {
        struct ds_spake2 *a = run_of(&vectors[0], DS_SPAKE2_A, true);
        struct ds_spake2 *b = run_of(&vectors[0], DS_SPAKE2_B, true);
        uint8_t pa[DS_SPAKE2_POINT], pb[DS_SPAKE2_POINT], mac[DS_SPAKE2_MAC];
        ds_spake2_point(a, pa);
        ds_spake2_point(b, pb);
        assert_memory_not_equal(pa, last, sizeof(pa));
        memcpy(last, pa, sizeof(pa));
        assert_int_equal(ds_spake2_finish(a, pb, sizeof(pb)), DS_OK);
        assert_int_equal(ds_spake2_finish(b, pa, sizeof(pa)), DS_OK);
        ds_spake2_mac(a, mac);
        assert_true(ds_spake2_is_mac(b, mac));
        for (int bit = 0; bit < 8; bit++) {
            mac[i % DS_SPAKE2_MAC] ^= (uint8_t)(1 << bit);
            assert_false(ds_spake2_is_mac(b, mac));
            mac[i % DS_SPAKE2_MAC] ^= (uint8_t)(1 << bit);
        }
        ds_spake2_free(a);
        ds_spake2_free(b);
    }
}

static int finish_with(const uint8_t *point, size_t len)
{
    struct ds_spake2 *a = run_of(&vectors[0], DS_SPAKE2_A, false);
    assert_non_null(a);
    /* Exactly len bytes, so that the sanitizer sees a read past them. */
    uint8_t *exact = malloc(len ? len : 1);
    assert_non_null(exact);
    memcpy(exact, point, len);
    int error = ds_spake2_finish(a, exact, len);
    free(exact);
    ds_spake2_free(a);
    return error;
}

static void a_point_is_refused_at_every_other_length(void **state)
{
    (void)state;
    uint8_t pb[2 * DS_SPAKE2_POINT] = {0};
    from_hex(vectors[0].pb, pb);
    for (size_t n = 0; n <= sizeof(pb); n++)
        assert_int_equal(finish_with(pb, n), n == DS_SPAKE2_POINT ? DS_OK : DS_EPROTO);
}

static void points_not_on_the_curve_are_refused(void **state)
{
    (void)state;
    uint8_t pb[DS_SPAKE2_POINT];
    from_hex(vectors[0].pb, pb);
    for (size_t at = 1; at < sizeof(pb); at += 7) {
        pb[at] ^= 1;
        assert_int_equal(finish_with(pb, sizeof(pb)), DS_EPROTO);
        pb[at] ^= 1;
    }
    /* A coordinate that is not reduced modulo the field. */
    memset(pb + 1, 0xff, 64);
    assert_int_equal(finish_with(pb, sizeof(pb)), DS_EPROTO);
    memset(pb + 1, 0, 64);
    assert_int_equal(finish_with(pb, sizeof(pb)), DS_EPROTO);
}

static void infinity_compressed_and_hybrid_points_are_refused(void **state)
{
    (void)state;
    uint8_t pb[DS_SPAKE2_POINT];
    static const uint8_t infinity[1] = {0};
    assert_int_equal(finish_with(infinity, 1), DS_EPROTO);
    from_hex(vectors[0].pb, pb);
    for (unsigned form = 0; form < 256; form++) {
        pb[0] = (uint8_t)form;
        assert_int_equal(finish_with(pb, sizeof(pb)), form == 4 ? DS_OK : DS_EPROTO);
        if (form == 2 || form == 3)
            assert_int_equal(finish_with(pb, 33), DS_EPROTO);
    }
    memset(pb, 0, sizeof(pb));
    assert_int_equal(finish_with(pb, sizeof(pb)), DS_EPROTO);
}

/* pB = w*N: without the check the shared point would be infinity whatever the scalar is. */
static void a_point_that_makes_the_shared_one_infinity_is_refused(void **state)
{
    (void)state;
    static const char n_hex[] =
        "03d8bbd6c639c62937b04d997f38c3770719c629d7014d49a24b4f98baa1292b49";
    uint8_t n_bytes[33], point[DS_SPAKE2_POINT];
    from_hex(n_hex, n_bytes);
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    EC_POINT *n = EC_POINT_new(group);
    BIGNUM *w = NULL;
    assert_true(BN_hex2bn(&w, vectors[0].w) > 0);
    assert_true(EC_POINT_oct2point(group, n, n_bytes, sizeof(n_bytes), NULL));
    assert_true(EC_POINT_mul(group, n, NULL, n, w, NULL));
    assert_int_equal(
        EC_POINT_point2oct(group, n, POINT_CONVERSION_UNCOMPRESSED, point, sizeof(point), NULL),
        sizeof(point));
    assert_int_equal(finish_with(point, sizeof(point)), DS_EPROTO);
    BN_free(w);
    EC_POINT_free(n);
    EC_GROUP_free(group);
}

/* A and B agree only while w, identities, additional data and the messages agree. */
static bool agree(const uint8_t *w_b, const char *a_b, const char *aad_b)
{
    uint8_t w[32];
    from_hex(vectors[0].w, w);
    const struct ds_spake2_config config_a = {.role = DS_SPAKE2_A,
                                              .w = w,
                                              .identity_a = "viewer",
                                              .identity_a_len = 6,
                                              .identity_b = "agent",
                                              .identity_b_len = 5,
                                              .aad = "host",
                                              .aad_len = 4};
    struct ds_spake2_config config_b = config_a;
    config_b.role = DS_SPAKE2_B;
    config_b.w = w_b ? w_b : w;
    config_b.identity_a = a_b;
    config_b.identity_a_len = strlen(a_b);
    config_b.aad = aad_b;
    config_b.aad_len = strlen(aad_b);
    struct ds_spake2 *a = ds_spake2_new(&config_a), *b = ds_spake2_new(&config_b);
    uint8_t pa[DS_SPAKE2_POINT], pb[DS_SPAKE2_POINT], ca[DS_SPAKE2_MAC], cb[DS_SPAKE2_MAC];
    ds_spake2_point(a, pa);
    ds_spake2_point(b, pb);
    assert_int_equal(ds_spake2_finish(a, pb, sizeof(pb)), DS_OK);
    assert_int_equal(ds_spake2_finish(b, pa, sizeof(pa)), DS_OK);
    ds_spake2_mac(a, ca);
    ds_spake2_mac(b, cb);
    bool a_accepts = ds_spake2_is_mac(a, cb), b_accepts = ds_spake2_is_mac(b, ca);
    assert_int_equal(a_accepts, b_accepts);
    ds_spake2_free(a);
    ds_spake2_free(b);
    return a_accepts;
}

static void another_secret_identity_or_host_is_refused(void **state)
{
    (void)state;
    uint8_t w[32];
    assert_true(agree(NULL, "viewer", "host"));
    assert_false(agree(NULL, "agent", "host"));
    assert_false(agree(NULL, "viewe", "host"));
    assert_false(agree(NULL, "viewer", "hos"));
    assert_false(agree(NULL, "viewer", "tsoh"));
    from_hex(vectors[1].w, w);
    assert_false(agree(w, "viewer", "host"));
}

static void values_out_of_range_make_no_run(void **state)
{
    (void)state;
    uint8_t zero[32] = {0}, high[32], one[32] = {[31] = 1};
    memset(high, 0xff, sizeof(high));
    struct ds_spake2_config config = {.w = zero};
    assert_null(ds_spake2_new(&config));
    config.w = high;
    assert_null(ds_spake2_new(&config));
    config.w = one;
    config.scalar = zero;
    assert_null(ds_spake2_new(&config));
    config.scalar = high;
    assert_null(ds_spake2_new(&config));
    config.scalar = one;
    config.identity_a_len = DS_SPAKE2_IDENTITY_MAX + 1;
    assert_null(ds_spake2_new(&config));
    config.identity_a_len = 0;
    config.aad_len = DS_SPAKE2_AAD_MAX + 1;
    assert_null(ds_spake2_new(&config));
    config.aad_len = 0;
    struct ds_spake2 *run = ds_spake2_new(&config);
    assert_non_null(run);
    uint8_t pb[DS_SPAKE2_POINT];
    from_hex(vectors[0].pb, pb);
    assert_int_equal(ds_spake2_finish(run, pb, sizeof(pb)), DS_OK);
    assert_int_equal(ds_spake2_finish(run, pb, sizeof(pb)), DS_EINVAL);
    ds_spake2_free(run);
}

/* RFC 5869 test cases 1 and 3. */
static void hkdf_is_the_rfcs(void **state)
{
    (void)state;
    uint8_t key[22], salt[13], info[10], out[42];
    memset(key, 0x0b, sizeof(key));
    for (unsigned i = 0; i < sizeof(salt); i++)
        salt[i] = (uint8_t)i;
    for (unsigned i = 0; i < sizeof(info); i++)
        info[i] = (uint8_t)(0xf0 + i);
    assert_int_equal(ds_hkdf(key, 22, salt, 13, info, 10, out, 42), DS_OK);
    assert_hex(
        out, 42,
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
    assert_int_equal(ds_hkdf(key, 22, NULL, 0, NULL, 0, out, 42), DS_OK);
    assert_hex(
        out, 42,
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
    /* Case 1's PRK, so only the expand step. */
    uint8_t prk[32];
    from_hex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5", prk);
    assert_int_equal(ds_hkdf_expand(prk, 32, info, 10, out, 42), DS_OK);
    assert_hex(
        out, 42,
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
}

static void numbers_are_six_digits_and_about_uniform(void **state)
{
    (void)state;
    enum { DRAWS = 60000 };
    unsigned count[DS_TEXT_NUMBER - 1][10] = {{0}};
    for (int i = 0; i < DRAWS; i++) {
        char number[DS_TEXT_NUMBER];
        assert_int_equal(ds_number_draw(number), DS_OK);
        assert_true(ds_number_is_valid(number));
        for (int d = 0; d < DS_TEXT_NUMBER - 1; d++)
            count[d][number[d] - '0']++;
    }
    /* 6000 expected, standard deviation 73: ten of them is never seen by chance. */
    for (int d = 0; d < DS_TEXT_NUMBER - 1; d++) {
        for (int v = 0; v < 10; v++)
            assert_in_range(count[d][v], 5270, 6730);
    }
}

static void only_six_digits_are_a_number(void **state)
{
    (void)state;
    assert_true(ds_number_is_valid("000000"));
    assert_true(ds_number_is_valid("999999"));
    static const char *const bad[] = {"",        "1",      "12345",       "1234567",
                                      "12345a",  " 12345", "123 45",      "-12345",
                                      "12345\n", "١٢٣",    "１２３４５６"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(ds_number_is_valid(bad[i]));
    assert_false(ds_number_is_valid(NULL));
}

static void the_secret_depends_on_number_and_session(void **state)
{
    (void)state;
    uint8_t s1[DS_SESSION_ID] = {1}, s2[DS_SESSION_ID] = {2}, a[32], b[32];
    assert_int_equal(ds_number_scalar("481926", s1, a), DS_OK);
    assert_int_equal(ds_number_scalar("481926", s1, b), DS_OK);
    assert_memory_equal(a, b, sizeof(a));
    assert_int_equal(ds_number_scalar("481927", s1, b), DS_OK);
    assert_memory_not_equal(a, b, sizeof(a));
    assert_int_equal(ds_number_scalar("481926", s2, b), DS_OK);
    assert_memory_not_equal(a, b, sizeof(a));
}

static void a_wide_value_is_reduced_modulo_the_order(void **state)
{
    (void)state;
    uint8_t wide[48] = {0}, out[32];
    static const char order[] = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    from_hex(order, wide + 16);
    assert_int_equal(ds_spake2_reduce(wide, sizeof(wide), out), DS_EINVAL);
    wide[47] = (uint8_t)(wide[47] + 5);
    assert_int_equal(ds_spake2_reduce(wide, sizeof(wide), out), DS_OK);
    assert_hex(out, 32, "0000000000000000000000000000000000000000000000000000000000000005");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vectors_of_the_rfc_pass),
        cmocka_unit_test(random_scalars_agree_and_differ_each_time),
        cmocka_unit_test(a_point_is_refused_at_every_other_length),
        cmocka_unit_test(points_not_on_the_curve_are_refused),
        cmocka_unit_test(infinity_compressed_and_hybrid_points_are_refused),
        cmocka_unit_test(a_point_that_makes_the_shared_one_infinity_is_refused),
        cmocka_unit_test(another_secret_identity_or_host_is_refused),
        cmocka_unit_test(values_out_of_range_make_no_run),
        cmocka_unit_test(hkdf_is_the_rfcs),
        cmocka_unit_test(numbers_are_six_digits_and_about_uniform),
        cmocka_unit_test(only_six_digits_are_a_number),
        cmocka_unit_test(the_secret_depends_on_number_and_session),
        cmocka_unit_test(a_wide_value_is_reduced_modulo_the_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
