/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/panels/words.h"

#include "common/ui/text.h"
#include "common/wire/message.h"

#include <stdio.h>
#include <string.h>

struct trouble_words {
    const char *title;
    const char *lines[VIEWER_WORDS_LINES];
};

static const struct trouble_words troubles[VIEWER_TROUBLE_COUNT] = {
    [VIEWER_TROUBLE_PASSWORD] =
        {DS_TR_LATER("Invalid password"),
         {DS_TR_LATER("Write your e-mail address in full."),
          DS_TR_LATER("Capital and small letters differ: try the password in lower case."),
          DS_TR_LATER("If it still fails, ask your manager to reset your password.")}},
    [VIEWER_TROUBLE_NOT_ACTIVATED] =
        {DS_TR_LATER("Account not activated"),
         {DS_TR_LATER("The account exists, but it is not active."),
          DS_TR_LATER("Ask your manager, or whoever runs this relay, to activate it.")}},
    [VIEWER_TROUBLE_TOO_MANY] = {DS_TR_LATER("Too many tries"),
                                 {DS_TR_LATER("Wait a little, then try again.")}},
    [VIEWER_TROUBLE_UNREACHABLE] = {DS_TR_LATER("Cannot connect to server"),
                                    {DS_TR_LATER("Check your Internet connection."),
                                     DS_TR_LATER(
                                         "Ask your manager whether the firewall was changed."),
                                     DS_TR_LATER("Ask your manager to check the IP configuration."),
                                     DS_TR_LATER("Look at the service status page.")}},
    [VIEWER_TROUBLE_UNTRUSTED] =
        {DS_TR_LATER("The relay cannot be trusted"),
         {DS_TR_LATER("Its certificate is not the one that belongs to this address, so nothing "
                      "was sent to it."),
          DS_TR_LATER("When the relay has a certificate of its own, start with --ca and its "
                      "cert.pem."),
          DS_TR_LATER("Otherwise tell your manager. There is no way past this.")}},
    [VIEWER_TROUBLE_PROXY] = {DS_TR_LATER("The proxy refused the connection"),
                              {DS_TR_LATER("Ask your manager to allow the relay in the proxy.")}},
    [VIEWER_TROUBLE_VERSION] = {DS_TR_LATER("The relay speaks another version"),
                                {DS_TR_LATER("Install the version your desk uses.")}},
    [VIEWER_TROUBLE_LOST] = {DS_TR_LATER("The connection to the relay was lost"),
                             {DS_TR_LATER("Check your Internet connection, then sign in again.")}},
    [VIEWER_TROUBLE_BUSY] = {DS_TR_LATER("The relay is busy"),
                             {DS_TR_LATER("Wait a little, then try again.")}},
    [VIEWER_TROUBLE_PROTOCOL] = {DS_TR_LATER("The relay gave an answer that makes no sense"),
                                 {DS_TR_LATER(
                                     "Try again. If it happens again, tell your manager.")}},
    [VIEWER_TROUBLE_TICKET] = {DS_TR_LATER("Sign in for this session"),
                               {DS_TR_LATER("Your other session could not sign this one in.")}},
    [VIEWER_TROUBLE_CA_FILE] = {DS_TR_LATER("The certificate file cannot be read"),
                                {DS_TR_LATER("Check the file named after --ca.")}},
};

const char *viewer_words_trouble(const struct viewer_model *model, const char *const **lines)
{
    static const char *said[VIEWER_WORDS_LINES];
    const struct trouble_words *words = &troubles[model->trouble];
    size_t n = 0;
    while (n + 1 < VIEWER_WORDS_LINES && words->lines[n]) {
        said[n] = ds_tr(words->lines[n]);
        n++;
    }
    bool relays_words =
        model->trouble == VIEWER_TROUBLE_TOO_MANY || model->trouble == VIEWER_TROUBLE_NOT_ACTIVATED;
    if (relays_words && model->detail[0] && n + 1 < VIEWER_WORDS_LINES)
        said[n++] = model->detail;
    said[n] = NULL;
    *lines = said;
    return words->title ? ds_tr(words->title) : "";
}

/* The stages that common/net names while it dials. */
static const char *const dial_stages[] = {
    DS_TR_LATER("Looking up the relay"),
    DS_TR_LATER("Connecting"),
    DS_TR_LATER("Securing the connection"),
    DS_TR_LATER("Trying another way"),
    DS_TR_LATER("Saying hello"),
};

const char *viewer_words_dialling(const struct viewer_model *model)
{
    for (size_t i = 0; i < sizeof(dial_stages) / sizeof(dial_stages[0]); i++)
        if (strcmp(dial_stages[i], model->dial_stage) == 0)
            return ds_tr(dial_stages[i]);
    return model->host;
}

const char *viewer_words_ended(const struct viewer_model *model)
{
    static const struct {
        const char *reason, *by, *words;
    } table[] = {
        {DS_REASON_CLOSED, DS_BY_REP, DS_TR_LATER("You ended the session.")},
        {DS_REASON_CLOSED, NULL, DS_TR_LATER("The customer ended the session.")},
        {DS_REASON_REFUSED, NULL, DS_TR_LATER("The customer did not want to show the screen.")},
        {DS_REASON_WRONG_NUMBER, NULL,
         DS_TR_LATER("The security number was wrong three times. The customer was told, and needs "
                     "a new code.")},
        {DS_REASON_LOST, NULL,
         DS_TR_LATER("The connection did not come back in time, so the session is over. To go on, "
                     "the customer needs a new code.")},
        {DS_REASON_EXPIRED, NULL, DS_TR_LATER("The code was not used in time.")},
        {DS_REASON_SHUTDOWN, NULL, DS_TR_LATER("The relay is being shut down.")},
        {DS_REASON_ADMIN, NULL, DS_TR_LATER("An administrator ended the session.")},
        {DS_REASON_PROTOCOL, NULL,
         DS_TR_LATER("The private line broke and was closed for safety.")},
        {DS_REASON_DISABLED, NULL, DS_TR_LATER("Your account was switched off.")},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        bool by = !table[i].by || strcmp(table[i].by, model->by) == 0;
        if (by && strcmp(table[i].reason, model->reason) == 0)
            return ds_tr(table[i].words);
    }
    return DS_TR("The session is over.");
}

const char *viewer_words_left(const struct viewer_model *model, ds_tick now)
{
    static char text[96];
    char count[16];
    ds_tick left = model->away_until > now ? model->away_until - now : 0;
    ds_text_countdown(count, sizeof(count), (unsigned long)((left + DS_SECOND - 1) / DS_SECOND));
    if (model->restart == DS_RESTART_NOW && left == 0) /* it has not gone yet */
        snprintf(text, sizeof(text), "%s", DS_TR("The customer’s computer is restarting…"));
    else if (model->restart == DS_RESTART_NOW)
        snprintf(text, sizeof(text), DS_TR("The customer’s computer is restarting… %s left"),
                 count);
    else
        snprintf(text, sizeof(text), DS_TR("Reconnecting… %s left"), count);
    return text;
}

const char *viewer_words_away(const struct viewer_model *model)
{
    if (model->restart == DS_RESTART_NOW && model->away != VIEWER_AWAY_DIALLING)
        return DS_TR("The session goes on by itself after the customer has logged in again.");
    switch (model->away) {
    case VIEWER_AWAY_CUSTOMER:
        return DS_TR("The customer’s computer is not connected at the moment. The session goes on "
                     "as soon as it is back.");
    case VIEWER_AWAY_RESUMING:
        return DS_TR("The customer’s computer is there. The line is being made private again.");
    case VIEWER_AWAY_DIALLING:
    case VIEWER_HERE:
        break;
    }
    return DS_TR("Your connection to the relay was lost. Trying again, by every way there is.");
}

const char *viewer_words_state(const struct viewer_model *model)
{
    if (viewer_model_is_away(model))
        return DS_TR("Reconnecting");
    switch (model->stage) {
    case VIEWER_CONNECTING:
    case VIEWER_SIGNING_IN:
        return DS_TR("Connecting");
    case VIEWER_WAITING:
        return DS_TR("Waiting for the customer");
    case VIEWER_NUMBER:
    case VIEWER_VERIFYING:
        return DS_TR("Verifying");
    case VIEWER_ASKING:
        return DS_TR("The customer is asked");
    case VIEWER_ACTIVE:
        break;
    case VIEWER_ENDED:
        return DS_TR("Ended");
    default:
        return "";
    }
    if (model->share != DS_SHARE_NONE)
        return DS_TR("You show");
    if (model->paused)
        return DS_TR("Paused");
    if (model->rights[DS_RIGHT_LOOK] != DS_RIGHT_GRANTED)
        return DS_TR("Not shown");
    if (model->held)
        return DS_TR("Customer has control");
    if (viewer_model_has(model, DS_RIGHT_CONTROL))
        return DS_TR("You control");
    return DS_TR("You look");
}

const char *viewer_words_restart(const struct viewer_model *model)
{
    static const struct {
        const char *reason, *words;
    } table[] = {
        {"", DS_TR_LATER("The customer’s computer is back.")},
        {DS_RESTART_REFUSED, DS_TR_LATER("The customer did not allow the restart.")},
        {DS_RESTART_FILE,
         DS_TR_LATER("Not restarted: nothing can be stored there for coming back.")},
        {DS_RESTART_PLACE,
         DS_TR_LATER("Not restarted: the customer’s program lies in a folder that "
                     "a restart empties.")},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (strcmp(table[i].reason, model->restart_reason) == 0)
            return ds_tr(table[i].words);
    return DS_TR("The customer’s computer did not restart. The session goes on.");
}

const char *viewer_words_resume(const struct viewer_model *model)
{
    return model->resume_allowed ? DS_TR("Go on") : DS_TR("Ask to go on");
}

const char *viewer_words_chord(const char *key)
{
    static char said[16][48];
    static unsigned next;
    char *out = said[next++ % 16];
    snprintf(out, sizeof(said[0]), "%s%s", DS_TR("Ctrl+Alt+Shift+"), key);
    return out;
}

void viewer_words_bandwidth(char *out, size_t size, uint64_t bps)
{
    double b = (double)bps;
    if (b >= 1e9)
        snprintf(out, size, "%.1f Gbit/s", b / 1e9);
    else if (b >= 9.95e6)
        snprintf(out, size, "%.0f Mbit/s", b / 1e6);
    else if (b >= 1e6)
        snprintf(out, size, "%.1f Mbit/s", b / 1e6);
    else
        snprintf(out, size, "%.0f kbit/s", b / 1e3);
}

void viewer_words_bytes(char *out, size_t size, double bytes)
{
    if (bytes >= 1e9)
        snprintf(out, size, "%.2f GB", bytes / 1e9);
    else if (bytes >= 1e6)
        snprintf(out, size, "%.1f MB", bytes / 1e6);
    else if (bytes >= 1e3)
        snprintf(out, size, "%.0f kB", bytes / 1e3);
    else
        snprintf(out, size, "%.0f B", bytes);
}
