/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A self-signed certificate for a test, as PEM files. */
#ifndef DS_TEST_CERTIFICATE_H
#define DS_TEST_CERTIFICATE_H

#include <stdbool.h>

/* names: subject alternative names, e.g. "DNS:localhost,IP:127.0.0.1". days: of validity from now;
 * negative: expired. */
bool test_certificate(const char *cert_path, const char *key_path, const char *names, int days);

#endif
