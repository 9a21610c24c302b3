/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/certificate.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>

static bool fill(X509 *cert, EVP_PKEY *key, const char *names, int days)
{
    X509_EXTENSION *san = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, names);
    X509_NAME *name = X509_get_subject_name(cert);
    bool ok = san && X509_set_version(cert, 2) &&
              ASN1_INTEGER_set(X509_get_serialNumber(cert), 1) &&
              X509_gmtime_adj(X509_getm_notBefore(cert), -86400L * 30) &&
              X509_gmtime_adj(X509_getm_notAfter(cert), 86400L * days) &&
              X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                         (const unsigned char *)"Deskside test", -1, -1, 0) &&
              X509_set_issuer_name(cert, name) && X509_set_pubkey(cert, key) &&
              X509_add_ext(cert, san, -1) && X509_sign(cert, key, EVP_sha256());
    X509_EXTENSION_free(san);
    return ok;
}

bool test_certificate(const char *cert_path, const char *key_path, const char *names, int days)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    bool ok = key && cert && fill(cert, key, names, days);
    FILE *cert_file = fopen(cert_path, "w"), *key_file = fopen(key_path, "w");
    ok = ok && cert_file && key_file && PEM_write_X509(cert_file, cert) &&
         PEM_write_PrivateKey(key_file, key, NULL, NULL, 0, NULL, NULL);
    if (cert_file)
        fclose(cert_file);
    if (key_file)
        fclose(key_file);
    X509_free(cert);
    EVP_PKEY_free(key);
    return ok;
}
