/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Control messages between an end and the relay: flat JSON objects with a "type". One table says
 * which fields a type has; decoding checks every one. The same messages will be used by the web
 * pages over WebSocket. common/PROTOCOL.md lists them; proved by tests/unit/message.c. */
#ifndef DS_WIRE_MESSAGE_H
#define DS_WIRE_MESSAGE_H

#include "common/base/buf.h"
#include "common/wire/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ds_message_type {
    DS_MESSAGE_UNKNOWN, /* a type of a newer version: ignore */
    /* end to relay */
    DS_MESSAGE_HELLO,        /* version role program */
    DS_MESSAGE_SIGN_IN,      /* email password */
    DS_MESSAGE_NEW_SESSION,  /* viewer, signed in */
    DS_MESSAGE_JOIN,         /* agent: join_code */
    DS_MESSAGE_WRONG_NUMBER, /* agent: tries (1..3), for the audit log */
    DS_MESSAGE_VERIFIED,     /* agent: audit = hex SHA-256 of the audit exporter */
    DS_MESSAGE_END,          /* reason; either end leaves for good */
    DS_MESSAGE_RESUME,       /* session token chat_seen: back in a session after a cut */
    DS_MESSAGE_SAY,          /* id text: a chat message; repeated until CHAT brings it back */
    DS_MESSAGE_WANT_TICKET,  /* viewer, signed in: for another leg of the same rep */
    DS_MESSAGE_USE_TICKET,   /* viewer: ticket; instead of SIGN_IN */
    /* relay to end */
    DS_MESSAGE_WELCOME,   /* version host org heartbeat_ms dead_ms */
    DS_MESSAGE_SIGNED_IN, /* name without */
    DS_MESSAGE_SESSION,   /* session join_code expires_s */
    DS_MESSAGE_PAIRED, /* session name org: name is the rep's for the agent, empty for the viewer */
    DS_MESSAGE_ENDED,  /* by reason */
    DS_MESSAGE_TOKEN,  /* token: for the next RESUME; stored before it is sent */
    DS_MESSAGE_RESUMED,   /* present left_s: the answer to RESUME; present 1: the other end is here
                             too */
    DS_MESSAGE_PEER_AWAY, /* left_s: the other end's leg is gone; DATA goes nowhere */
    DS_MESSAGE_REJOINED,  /* round: both legs are joined anew, here the resume begins */
    DS_MESSAGE_CHAT,      /* number id from text: stored; to both ends, the sender's receipt */
    DS_MESSAGE_TICKET,    /* ticket expires_s: the answer to WANT_TICKET; good once */
    DS_MESSAGE_MOVING,    /* delay_ms: the relay stops; dial again within that time */
    DS_MESSAGE_ERROR,     /* error message; error is one of DS_REFUSAL_* */
    /* both ways, passed on by the relay with `from`; an end leaves it out */
    DS_MESSAGE_TYPING, /* somebody writes a chat message */
    DS_MESSAGE_SEEN,   /* number: the last chat message that somebody has before their eyes */
};

/* "error" codes of the relay. Wrong, used and expired codes are all DS_REFUSAL_CODE. */
#define DS_REFUSAL_CODE "wrong-code"
#define DS_REFUSAL_PASSWORD "invalid-password"
#define DS_REFUSAL_NOT_ACTIVATED "account-not-activated"
#define DS_REFUSAL_TOO_MANY "too-many-tries" /* with message: when to try again */
#define DS_REFUSAL_VERSION "version"
#define DS_REFUSAL_PROTOCOL "bad-message"
#define DS_REFUSAL_SESSION "no-session"   /* RESUME: no such session, or not with this token */
#define DS_REFUSAL_TICKET "wrong-ticket"  /* USE_TICKET: wrong, used and expired alike */
#define DS_REFUSAL_WITHOUT "not-entitled" /* WANT_TICKET: the account lacks "multi-session" */
#define DS_REFUSAL_CHAT                                                                            \
    "chat-full"                /* SAY: the conversation has its most messages; it is not stored */
#define DS_REFUSAL_BUSY "busy" /* limits of the relay, or its store is away: try again later */

/* "by" of ENDED. */
#define DS_BY_REP "rep"
#define DS_BY_CUSTOMER "customer"
#define DS_BY_RELAY "relay"

/* "reason" of END and ENDED. */
#define DS_REASON_CLOSED "closed"             /* somebody pressed End */
#define DS_REASON_REFUSED "refused"           /* the customer said no */
#define DS_REASON_WRONG_NUMBER "wrong-number" /* three of them */
#define DS_REASON_LOST "connection-lost"      /* an end was away for ten minutes */
#define DS_REASON_EXPIRED "code-expired"
#define DS_REASON_SHUTDOWN "relay-shutdown"
#define DS_REASON_ADMIN "ended-by-admin"
#define DS_REASON_PROTOCOL "protocol-error"
#define DS_REASON_DISABLED "account-disabled"

/* In a list of names with commas between, such as `without`. */
bool ds_message_lists(const char *list, const char *name);
#define DS_FEATURE_NAME_SHARE "share-screen"     /* showing the rep's own screen */
#define DS_FEATURE_NAME_SESSIONS "multi-session" /* several sessions at once */

struct ds_message {
    enum ds_message_type type;
    unsigned version;
    unsigned heartbeat_ms, dead_ms;
    unsigned expires_s;
    unsigned tries;
    unsigned present;   /* 0 or 1 */
    unsigned left_s;    /* seconds until the session ends by itself */
    unsigned round;     /* counts the joinings of a session's legs at one relay, from 1 */
    unsigned number;    /* of a chat message in its session, from 1 */
    unsigned chat_seen; /* the highest chat number this end has, 0: none */
    unsigned age_s;     /* CHAT: how long ago it was stored; 0 from a relay that does not say */
    unsigned delay_ms;
    char role[8]; /* "agent" or "viewer" */
    char program[DS_TEXT_NAME];
    char host[DS_TEXT_HOST];
    char org[DS_TEXT_NAME];
    char email[DS_TEXT_EMAIL];
    char password[DS_TEXT_PASSWORD];
    char name[DS_TEXT_NAME];
    char without[DS_TEXT_WITHOUT]; /* features that the account lacks: names with commas between */
    char join_code[DS_TEXT_CODE];  /* nine digits when the type has it */
    char session[DS_TEXT_SESSION]; /* 32 lower-case hex digits when the type has it */
    char token[DS_TEXT_TOKEN];     /* 32 lower-case hex digits when the type has it; a secret */
    char ticket[DS_TEXT_TOKEN];    /* the same */
    char id[DS_TEXT_ID];           /* 32 lower-case hex digits, made by who says it */
    char from[16];                 /* DS_BY_REP or DS_BY_CUSTOMER; may be "" where it is optional */
    char audit[DS_TEXT_HASH];
    char by[16];
    char reason[DS_TEXT_REASON];
    char error[DS_TEXT_REASON];
    char message[DS_TEXT_MESSAGE];
    char text[DS_TEXT_CHAT]; /* last: see ds_message_copy */
};

/* Parses one JSON object. DS_OK with type UNKNOWN for a type that this version does not know.
 * DS_EPROTO: not JSON, nested too deep, duplicate keys, a field missing, of another kind, too long
 * or out of range. Wipe *out with ds_message_wipe when it held a password
 * or a token. */
int ds_message_decode(const uint8_t *bytes, size_t n, struct ds_message *out);

/* Appends the JSON text of exactly the fields that the type has (no frame header). DS_EINVAL when a
 * field is not well formed, DS_ENOMEM, DS_ELIMIT. */
int ds_message_encode(struct ds_buf *buf, const struct ds_message *message);

void ds_message_wipe(struct ds_message *message);

/* For queues: a copy whose memory ends with the NUL of its text, so that it must not be assigned or
 * wiped as a whole. NULL when memory is short. */
struct ds_message *ds_message_copy(const struct ds_message *message);
/* Wipes and frees such a copy. Accepts NULL. */
void ds_message_free(struct ds_message *copy);

/* "sign-in" and so on; "unknown" for others. Static. */
const char *ds_message_name(enum ds_message_type type);

/* What a relay may say to an end, and an end to a relay, HELLO and WELCOME included. */
bool ds_message_is_relays(enum ds_message_type type);
bool ds_message_is_ends(enum ds_message_type type);

#endif
