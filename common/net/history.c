/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/history.h"

#include "common/base/error.h"
#include "common/base/text.h"
#include "common/net/quality.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

const char *ds_cut_side_name(enum ds_cut_side side)
{
    static const char *const names[DS_CUT_SIDES] = {"self", "relay", "peer"};
    return (unsigned)side < DS_CUT_SIDES ? names[side] : "unknown";
}

void ds_history_init(struct ds_history *h)
{
    *h = (struct ds_history){0};
}

void ds_history_begin(struct ds_history *h, ds_tick now)
{
    h->began = now;
}

void ds_history_add(struct ds_history *h, const struct ds_history_second *second)
{
    h->seconds[h->next] = *second;
    h->next = (h->next + 1) % DS_HISTORY_SECONDS;
}

static struct ds_history_cut *open_cut(struct ds_history *h)
{
    struct ds_history_cut *last = h->cut_count > 0 ? &h->cuts[h->cut_count - 1] : NULL;
    return last && last->back_at == 0 ? last : NULL;
}

void ds_history_cut(struct ds_history *h, enum ds_cut_side side, const char *why, ds_tick now,
                    int64_t wall_s)
{
    if (open_cut(h))
        return;
    if (h->cut_count == DS_HISTORY_CUTS) {
        memmove(&h->cuts[0], &h->cuts[1], (DS_HISTORY_CUTS - 1) * sizeof(h->cuts[0]));
        h->cut_count--;
    }
    struct ds_history_cut *cut = &h->cuts[h->cut_count++];
    *cut = (struct ds_history_cut){.at = now, .at_s = wall_s, .side = side};
    ds_text_for_display(cut->why, sizeof(cut->why), why ? why : "");
    for (unsigned i = 0; i < DS_HISTORY_SECONDS; i++)
        cut->before[i] = h->seconds[(h->next + i) % DS_HISTORY_SECONDS];
    if ((unsigned)side < DS_CUT_SIDES)
        h->disconnects[side]++;
}

void ds_history_back(struct ds_history *h, ds_tick now)
{
    struct ds_history_cut *cut = open_cut(h);
    if (!cut)
        return;
    cut->back_at = now;
    h->away += now - cut->at;
}

uint64_t ds_history_session_s(const struct ds_history *h, ds_tick now)
{
    return h->began && now > h->began ? (now - h->began) / DS_SECOND : 0;
}

uint64_t ds_history_up_s(const struct ds_history *h, ds_tick now)
{
    const struct ds_history_cut *cut = open_cut((struct ds_history *)h);
    ds_tick away = h->away + (cut ? now - cut->at : 0);
    return h->began && now > h->began + away ? (now - h->began - away) / DS_SECOND : 0;
}

/* ---- as text ---- */

struct writer {
    struct ds_buf *out;
    int error;
};

__attribute__((format(printf, 2, 3))) static void line(struct writer *w, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    size_t len = n < 0 ? 0 : (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1;
    if (!w->error)
        w->error = ds_buf_append(w->out, text, len);
    if (!w->error)
        w->error = ds_buf_append(w->out, "\n", 1);
}

static void stamp(char out[32], int64_t wall_s)
{
    time_t at = (time_t)wall_s;
    struct tm utc;
    if (!gmtime_r(&at, &utc) || strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
        snprintf(out, 32, "?");
}

static void write_second(struct writer *w, const struct ds_history_second *s, ds_tick until)
{
    if (s->at == 0)
        return;
    char rtt[32] = "-", quality[16] = "-";
    if (s->rtt_ms >= 0)
        snprintf(rtt, sizeof(rtt), "%.1f+-%.1f", s->rtt_ms, s->jitter_ms < 0 ? 0 : s->jitter_ms);
    if (s->quality >= 0)
        snprintf(quality, sizeof(quality), "%d%%", s->quality);
    line(w, "%6.1f s  %-8s  %-4s  rtt %-12s ms  %3.0f fps  in %8llu  out %8llu",
         -(double)(until - s->at) / (double)DS_SECOND, ds_stage_name(s->stage), quality, rtt,
         s->fps, (unsigned long long)s->bytes_in, (unsigned long long)s->bytes_out);
}

static void write_cut(struct writer *w, const struct ds_history_cut *cut, unsigned number)
{
    char at[32];
    stamp(at, cut->at_s);
    line(w, "%s", "");
    line(w, "Cut %u at %s by %s: %s", number, at, ds_cut_side_name(cut->side), cut->why);
    if (cut->back_at)
        line(w, "Back after %.1f s", (double)(cut->back_at - cut->at) / (double)DS_SECOND);
    else
        line(w, "Not back");
    line(w, "The minute before it:");
    for (unsigned i = 0; i < DS_HISTORY_SECONDS; i++)
        write_second(w, &cut->before[i], cut->at);
}

int ds_history_write(const struct ds_history *h, const struct ds_history_head *head, ds_tick now,
                     struct ds_buf *out)
{
    struct writer w = {.out = out};
    char at[32];
    stamp(at, head->wall_s);
    line(&w, "%s %s, diagnostics of %s", head->program, head->version, at);
    line(&w, "Relay: %s, port %u, %s%s", head->relay, head->port, head->transport,
         head->through_proxy ? ", through a proxy" : "");
    line(&w, "Session: %s", head->session[0] ? head->session : "none");
    line(&w, "Session time: %llu s, of it whole: %llu s",
         (unsigned long long)ds_history_session_s(h, now),
         (unsigned long long)ds_history_up_s(h, now));
    line(&w, "Disconnects: self %u, relay %u, peer %u", h->disconnects[DS_CUT_SELF],
         h->disconnects[DS_CUT_RELAY], h->disconnects[DS_CUT_PEER]);
    line(&w,
         "Quality: 100 - delay (1 for each 6 ms above 50 ms, at most 50)"
         " - jitter (1 for each 3 ms above 10 ms, at most 25)"
         " - 5 for each late heartbeat of the last %d",
         DS_QUALITY_BEATS);
    line(&w, "%s", "");
    line(&w, "The last minute:");
    for (unsigned i = 0; i < DS_HISTORY_SECONDS; i++)
        write_second(&w, &h->seconds[(h->next + i) % DS_HISTORY_SECONDS], now);
    for (unsigned i = 0; i < h->cut_count; i++)
        write_cut(&w, &h->cuts[i], i + 1);
    return w.error;
}
