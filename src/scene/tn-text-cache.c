/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two generations of layouts: when the young one is full, the old one goes. */
#include "scene/tn-text-cache.h"

#include <string.h>

#define GENERATION 8192

typedef struct
{
  TnTextKind kind;
  int width; /* Pango units */
  const char *text;
} Key;

/* The key's text is kept by the layout. */
typedef struct
{
  Key key;
  PangoLayout *layout;
} Entry;

struct _TnTextCache
{
  guint references;
  const TnStyle *style;
  PangoContext *context;
  PangoFontDescription *fonts[TN_N_TEXTS];
  GHashTable *young; /* of Entry, which are their own keys */
  GHashTable *old;
};

static guint
key_hash (gconstpointer data)
{
  const Key *key = data;

  return g_str_hash (key->text) * 31 + (guint)key->width * 7 + key->kind;
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  const Key *left = a;
  const Key *right = b;

  return left->kind == right->kind && left->width == right->width
         && strcmp (left->text, right->text) == 0;
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_object_unref (entry->layout);
  g_free (entry);
}

double
tn_text_size (const TnStyle *style, TnTextKind kind)
{
  switch (kind)
    {
    case TN_TEXT_NAME:
      return style->name_size;
    case TN_TEXT_NAME_TIGHT:
      return style->name_size * 0.81;
    case TN_TEXT_NAME_FAR:
      return style->name_size * 1.65;
    case TN_TEXT_LABEL_FAR:
      return style->label_size * 1.7;
    case TN_TEXT_CLASS:
    case TN_TEXT_BRIEF:
    case TN_TEXT_BRIEF_ITALIC:
    case TN_TEXT_CALLOUT:
      return style->brief_size;
    default:
      return style->label_size;
    }
}

TnTextCache *
tn_text_cache_new (const TnStyle *style)
{
  TnTextCache *cache = g_new0 (TnTextCache, 1);
  cairo_font_options_t *options = cairo_font_options_create ();

  cache->references = 1;
  cache->style = style;
  cache->context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options (cache->context, options);
  cairo_font_options_destroy (options);
  pango_context_set_round_glyph_positions (cache->context, FALSE);
  for (TnTextKind kind = 0; kind < TN_N_TEXTS; kind++)
    {
      PangoFontDescription *font = pango_font_description_new ();

      pango_font_description_set_family_static (font, style->font);
      pango_font_description_set_absolute_size (font, tn_text_size (style, kind) * PANGO_SCALE);
      if (kind == TN_TEXT_NAME || kind == TN_TEXT_NAME_TIGHT || kind == TN_TEXT_NAME_FAR)
        pango_font_description_set_weight (font, PANGO_WEIGHT_SEMIBOLD);
      if (kind == TN_TEXT_BRIEF_ITALIC || kind == TN_TEXT_LABEL_ITALIC)
        pango_font_description_set_style (font, PANGO_STYLE_ITALIC);
      cache->fonts[kind] = font;
    }
  cache->young = g_hash_table_new_full (key_hash, key_equal, NULL, entry_free);
  cache->old = g_hash_table_new_full (key_hash, key_equal, NULL, entry_free);
  return cache;
}

TnTextCache *
tn_text_cache_ref (TnTextCache *cache)
{
  cache->references++;
  return cache;
}

void
tn_text_cache_unref (TnTextCache *cache)
{
  if (cache == NULL || --cache->references > 0)
    return;
  g_hash_table_unref (cache->young);
  g_hash_table_unref (cache->old);
  for (TnTextKind kind = 0; kind < TN_N_TEXTS; kind++)
    pango_font_description_free (cache->fonts[kind]);
  g_object_unref (cache->context);
  g_free (cache);
}

static void
keep (TnTextCache *cache, Entry *entry)
{
  if (g_hash_table_size (cache->young) >= GENERATION)
    {
      g_hash_table_unref (cache->old);
      cache->old = cache->young;
      cache->young = g_hash_table_new_full (key_hash, key_equal, NULL, entry_free);
    }
  g_hash_table_add (cache->young, entry);
}

PangoLayout *
tn_text_cache_get (TnTextCache *cache, TnTextKind kind, const char *text, double width)
{
  Key key = { kind, (int)(width * PANGO_SCALE), text };
  Entry *entry = g_hash_table_lookup (cache->young, &key);
  gpointer stolen;

  if (entry != NULL)
    return entry->layout;
  if (g_hash_table_steal_extended (cache->old, &key, &stolen, NULL))
    {
      entry = stolen;
      keep (cache, entry);
      return entry->layout;
    }

  entry = g_new (Entry, 1);
  entry->layout = pango_layout_new (cache->context);
  pango_layout_set_font_description (entry->layout, cache->fonts[kind]);
  if (g_utf8_validate (text, -1, NULL))
    pango_layout_set_text (entry->layout, text, -1);
  else
    {
      g_autofree char *valid = g_utf8_make_valid (text, -1);
      pango_layout_set_text (entry->layout, valid, -1);
    }
  pango_layout_set_width (entry->layout, key.width);
  if (kind == TN_TEXT_CALLOUT)
    pango_layout_set_wrap (entry->layout, PANGO_WRAP_WORD_CHAR);
  else
    {
      pango_layout_set_single_paragraph_mode (entry->layout, TRUE);
      /* Names differ at their ends: "_1", "_2". */
      pango_layout_set_ellipsize (entry->layout,
                                  kind == TN_TEXT_NAME_TIGHT || kind == TN_TEXT_NAME_FAR
                                      ? PANGO_ELLIPSIZE_MIDDLE
                                      : PANGO_ELLIPSIZE_END);
    }
  key.text = pango_layout_get_text (entry->layout);
  entry->key = key;
  keep (cache, entry);
  return entry->layout;
}

guint
tn_text_cache_size (const TnTextCache *cache)
{
  return g_hash_table_size (cache->young) + g_hash_table_size (cache->old);
}
