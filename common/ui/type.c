/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/ui/inside.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#ifdef DESKSIDE_SANITIZED
/* Fontconfig and pango keep what they found of fonts until the program ends, and some of it out of
 * the leak checker's sight. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libpango\n";
}
#endif

bool ui_type_init(struct ds_ui *ui)
{
    /* One map for the thread: fonts are found once for all windows. */
    ui->pango = pango_font_map_create_context(pango_cairo_font_map_get_default());
    if (!ui->pango)
        return false;
    /* Grey, never subpixel: coloured fringes cost the picture of the screen dearly. */
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_SLIGHT);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_ON);
    pango_cairo_context_set_font_options(ui->pango, options);
    cairo_font_options_destroy(options);
    return true;
}

static void forget(struct cached *entry)
{
    if (entry->layout)
        g_object_unref(entry->layout);
    if (entry->text)
        explicit_bzero(entry->text, strlen(entry->text));
    free(entry->text);
    *entry = (struct cached){0};
}

void ui_type_forget(struct ds_ui *ui)
{
    for (unsigned i = 0; i < CACHE_SIZE; i++)
        forget(&ui->cache[i]);
}

static void set_font(PangoLayout *layout, double size, unsigned flags)
{
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, "sans-serif");
    pango_font_description_set_weight(font,
                                      flags & DS_UI_BOLD ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    if (flags & DS_UI_TABULAR) {
        PangoAttrList *attributes = pango_attr_list_new();
        pango_attr_list_insert(attributes, pango_attr_font_features_new("tnum=1"));
        pango_layout_set_attributes(layout, attributes);
        pango_attr_list_unref(attributes);
    }
}

static PangoLayout *make(struct ds_ui *ui, const char *text, unsigned type, unsigned flags,
                         int width)
{
    PangoLayout *layout = pango_layout_new(ui->pango);
    double size = type * (flags & TEXT_HUGE ? 2 : 1) * ui->theme.scale;
    set_font(layout, round(size), flags);
    pango_layout_set_text(layout, text, -1);
    pango_layout_set_single_paragraph_mode(layout, !(flags & DS_UI_WRAP));
    if (width >= 0)
        pango_layout_set_width(layout, width * PANGO_SCALE);
    if (flags & DS_UI_ELLIPSIS)
        pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    if (flags & DS_UI_WRAP) {
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
        pango_layout_set_spacing(layout, (int)round(2 * ui->theme.scale) * PANGO_SCALE);
    }
    pango_layout_set_alignment(layout, flags & DS_UI_CENTER  ? PANGO_ALIGN_CENTER
                                       : flags & DS_UI_RIGHT ? PANGO_ALIGN_RIGHT
                                                             : PANGO_ALIGN_LEFT);
    return layout;
}

PangoLayout *ui_layout(struct ds_ui *ui, const char *text, unsigned type, unsigned flags, int width)
{
    flags &= DS_UI_CENTER | DS_UI_RIGHT | DS_UI_BOLD | DS_UI_WRAP | DS_UI_ELLIPSIS | DS_UI_TABULAR |
             TEXT_HUGE;
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (const char *p = text; *p; p++)
        hash = (hash ^ (unsigned char)*p) * 16777619u;
    hash = (hash ^ type ^ flags << 8 ^ (unsigned)width << 16) * 16777619u;
    struct cached *entry = &ui->cache[(hash >> 16 ^ hash) % CACHE_SIZE];
    if (entry->layout && entry->type == type && entry->flags == flags && entry->width == width &&
        strcmp(entry->text, text) == 0)
        return entry->layout;
    char *copy = strdup(text);
    if (!copy)
        return NULL;
    forget(entry);
    entry->layout = make(ui, text, type, flags, width);
    entry->text = copy;
    entry->type = type;
    entry->flags = flags;
    entry->width = width;
    return entry->layout;
}

static void measure(struct ds_ui *ui, const char *text, unsigned type, unsigned flags,
                    double wanted, double *width, double *height)
{
    int at = wanted >= 0 ? (int)floor(wanted * ui->theme.scale + 0.5) : -1;
    PangoLayout *layout = ui_layout(ui, text, type, flags, at);
    int w = 0, h = 0;
    if (layout)
        pango_layout_get_pixel_size(layout, &w, &h);
    *width = w / ui->theme.scale;
    *height = h / ui->theme.scale;
}

double ds_ui_text_width(struct ds_ui *ui, const char *text, enum ds_type type, unsigned flags)
{
    double width, height;
    flags &= ~(unsigned)(DS_UI_WRAP | DS_UI_ELLIPSIS | DS_UI_CENTER | DS_UI_RIGHT);
    measure(ui, text, type, flags, -1, &width, &height);
    return width;
}

double ds_ui_text_height(struct ds_ui *ui, const char *text, enum ds_type type, unsigned flags,
                         double width)
{
    double w, height;
    measure(ui, text, type, flags, flags & DS_UI_WRAP ? width : -1, &w, &height);
    return height;
}
