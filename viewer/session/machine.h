/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules of the rep's side: what follows from a message, a wish or a failure. It owns no socket,
 * thread or clock; what has to be done is called in a table of functions. Proved by
 * tests/unit/viewer_machine.c. One thread. */
#ifndef VIEWER_SESSION_MACHINE_H
#define VIEWER_SESSION_MACHINE_H

#include "common/net/link.h"
#include "common/wire/message.h"
#include "viewer/session/model.h"

enum { VIEWER_EXIT_OK = 0, VIEWER_EXIT_USAGE, VIEWER_EXIT_RELAY, VIEWER_EXIT_REFUSED };
enum { VIEWER_EXIT_CUT_OFF = 4, VIEWER_EXIT_INTERNAL };

/* Called from inside the machine's functions; they must not call back into it. */
struct viewer_machine_ops {
    /* Starts dialling; the answer comes by on_up or on_down. An error means at once: the ca file.
     */
    int (*dial)(void *ctx, const char *host, unsigned port);
    void (*hang_up)(void *ctx);
    int (*send)(void *ctx, const struct ds_message *message);
    int (*tunnel_open)(void *ctx, const uint8_t session[DS_SESSION_ID]);
    /* DS_EINVAL: not six digits. */
    int (*tunnel_number)(void *ctx, const char *number);
    /* Sends what the tunnel still has to say, as far as there is room. Nothing happens without one.
     */
    void (*tunnel_close)(void *ctx);
    int (*control)(void *ctx, const struct ds_control *control);
    /* Before the first update of that size. */
    void (*picture_size)(void *ctx, uint32_t width, uint32_t height);
    /* The answer to want_ticket: one, or why there is none (text for the person, may be ""). */
    void (*ticket)(void *ctx, const char *ticket, const char *refusal);
};

struct viewer_machine {
    struct viewer_model model;
    const struct viewer_machine_ops *ops; /* borrowed */
    void *ctx;
    char email[DS_TEXT_EMAIL];
    char password[DS_TEXT_PASSWORD]; /* only until the relay has answered */
    char ticket[DS_TEXT_TOKEN];      /* instead, the same; "": none */
    bool wants_ticket;               /* of the relay, for another session */
    bool link_up;
    bool signed_in;
    bool new_session;                  /* as soon as signed in */
    char early_number[DS_TEXT_NUMBER]; /* given before PAIRED has come: a script is quicker than a
                                          slow line */
    uint32_t features, peer_features;
    uint16_t tiles, peer_tiles; /* of HELLO: of the picture */
    const char *program;        /* for HELLO; static */
};

void viewer_machine_init(struct viewer_machine *m, const struct viewer_machine_ops *ops, void *ctx);
/* Wipes the password. */
void viewer_machine_destroy(struct viewer_machine *m);

/* ---- wishes. DS_OK, or DS_EINVAL when it makes no sense in this stage (nothing happens) ---- */
int viewer_machine_sign_in(struct viewer_machine *m, const char *host, unsigned port,
                           const char *email, const char *password);
/* The same with a ticket of another session of the rep. */
int viewer_machine_use_ticket(struct viewer_machine *m, const char *host, unsigned port,
                              const char *email, const char *ticket);
/* Asks for one; ops->ticket answers, unless the relay is of an older version. DS_EINVAL: not signed
 * in, or its line is cut. */
int viewer_machine_want_ticket(struct viewer_machine *m);
/* Back to the form: stops dialling or leaves the relay. Only without a session. */
int viewer_machine_sign_out(struct viewer_machine *m);
int viewer_machine_new_session(struct viewer_machine *m);
int viewer_machine_number(struct viewer_machine *m, const char *number);
int viewer_machine_request(struct viewer_machine *m, enum ds_right right);
int viewer_machine_release(struct viewer_machine *m, enum ds_right right);
int viewer_machine_pause(struct viewer_machine *m);
int viewer_machine_resume(struct viewer_machine *m);
/* The customer's computer, which then comes back. */
int viewer_machine_restart(struct viewer_machine *m);
int viewer_machine_monitor(struct viewer_machine *m, uint8_t monitor); /* 0xff: all */
int viewer_machine_visible(struct viewer_machine *m, bool visible);
int viewer_machine_end(struct viewer_machine *m);

/* ---- from the link ---- */
void viewer_machine_on_progress(struct viewer_machine *m, const char *stage, unsigned percent);
void viewer_machine_on_up(struct viewer_machine *m, const struct ds_link_info *info, ds_tick now);
void viewer_machine_on_message(struct viewer_machine *m, const struct ds_message *message,
                               ds_tick now);
void viewer_machine_on_down(struct viewer_machine *m, enum ds_link_failure why, const char *detail);

/* ---- from the keeper of the session (common/net/keeper.h) ---- */
/* The line that was dialled for the session stands: nothing is said, and who signed in is still
 * known. */
void viewer_machine_on_relinked(struct viewer_machine *m, const struct ds_link_info *info,
                                ds_tick now);
/* The relay knows us again: as good as signed in. */
void viewer_machine_on_readmitted(struct viewer_machine *m);
/* There is no line to the relay any more; the session goes on. */
void viewer_machine_on_unlinked(struct viewer_machine *m);
/* What is missing now, and when the session is over. */
void viewer_machine_on_away(struct viewer_machine *m, enum viewer_away away, ds_tick until);
/* Given up after ten minutes. */
void viewer_machine_on_lost(struct viewer_machine *m);

/* ---- from the tunnel ---- */
void viewer_machine_on_open(struct viewer_machine *m);
void viewer_machine_on_wrong_number(struct viewer_machine *m, unsigned left);
void viewer_machine_on_control(struct viewer_machine *m, const struct ds_control *control,
                               ds_tick now);
/* The seal failed, or the peer or its picture broke the rules: the session is over. */
void viewer_machine_on_broken(struct viewer_machine *m);

/* Ends a code that the relay should have ended long ago. */
void viewer_machine_tick(struct viewer_machine *m, ds_tick now);

/* "waiting" ... "ended" of DESIGN section 7; NULL when there is nothing to report. */
const char *viewer_model_state(const struct viewer_model *model);

#endif
