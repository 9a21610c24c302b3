/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why one attempt to reach the relay failed, in words for a log. The sentence for the person is
 * each program's own: a customer is told otherwise than a rep. */
#ifndef DS_NET_FAULT_H
#define DS_NET_FAULT_H

#define DS_FAULT_TEXT 256

/* Ordered: where several attempts fail, the highest one tells the most. */
enum ds_fault_kind {
    DS_FAULT_OFFLINE,   /* no route, or nobody to ask for the name */
    DS_FAULT_NO_NAME,   /* the name does not exist */
    DS_FAULT_SILENT,    /* refused, cut or no answer in time */
    DS_FAULT_BEHIND,    /* the proxy said that it cannot reach the relay */
    DS_FAULT_FOREIGN,   /* something answered that is neither TLS nor our WebSocket */
    DS_FAULT_PROXY,     /* the proxy cannot be reached or said no */
    DS_FAULT_UNTRUSTED, /* TLS answered: certificate or name wrong, or not a Deskside relay */
};

struct ds_fault {
    enum ds_fault_kind kind;
    char detail[DS_FAULT_TEXT]; /* one line without a full stop, safe to show */
};

/* Cuts the text where it is too long; control characters of strangers are dropped. */
void ds_fault_set(struct ds_fault *fault, enum ds_fault_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
