/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Error codes shared by every layer, and the two kinds of assertion. Functions return 0 or one of
 * these. */
#ifndef DS_BASE_ERROR_H
#define DS_BASE_ERROR_H

enum ds_error {
    DS_OK = 0,
    DS_ENOMEM = -1,        /* allocation failed */
    DS_ELIMIT = -2,        /* a bound of ours would be exceeded; nothing was changed */
    DS_EPROTO = -3,        /* the peer sent bytes that the protocol does not allow */
    DS_EAUTH = -4,         /* a proof (number, password, MAC, certificate) was wrong */
    DS_ECLOSED = -5,       /* already closed, or closed by the other side */
    DS_EAGAIN = -6,        /* not now; call again when told that there is room or data */
    DS_EIO = -7,           /* the operating system refused; errno or a log line says why */
    DS_EINVAL = -8,        /* the caller's arguments make no sense */
    DS_ETIMEOUT = -9,      /* a deadline passed */
    DS_EUNSUPPORTED = -10, /* a version, kind or feature that this program does not have */
    DS_ENOTFOUND = -11,    /* no such thing */
    DS_EREFUSED = -12,     /* the other side understood and said no */
};

/* Name of a code for logs, e.g. "protocol"; static, never NULL, also for unknown codes. */
const char *ds_error_name(int error);

_Noreturn void ds_assert_failed(const char *file, int line, const char *text);

/* Our own mistake; compiled out in release builds. Never for a peer's byte. */
#ifdef NDEBUG
#define ds_assert(e) ((void)sizeof(!(e)))
#else
#define ds_assert(e) ((e) ? (void)0 : ds_assert_failed(__FILE__, __LINE__, #e))
#endif
/* Our own mistake where going on would corrupt; kept in release builds. */
#define ds_check(e) ((e) ? (void)0 : ds_assert_failed(__FILE__, __LINE__, #e))

#endif
