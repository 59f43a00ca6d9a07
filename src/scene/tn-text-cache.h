/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnTextCache: laid-out texts, shared by the scenes that follow one another. */
#pragma once

#include <pango/pangocairo.h>

#include "scene/tn-style.h"

G_BEGIN_DECLS

typedef enum
{
  TN_TEXT_NAME,
  TN_TEXT_NAME_TIGHT, /* for long names */
  TN_TEXT_NAME_FAR,   /* where nothing else is written */
  TN_TEXT_CLASS,
  TN_TEXT_BRIEF,
  TN_TEXT_BRIEF_ITALIC,
  TN_TEXT_NOTE,
  TN_TEXT_LABEL,
  TN_TEXT_LABEL_ITALIC,
  TN_TEXT_LABEL_FAR,
  TN_TEXT_CALLOUT, /* wraps; all others end in an ellipsis */
  TN_N_TEXTS,
} TnTextKind;

/* Counted, of one thread. Bounded: what was not used for long is dropped. Metrics are the same at
 * every scale and on every surface (no hinting, no rounding). */
typedef struct _TnTextCache TnTextCache;

TnTextCache *tn_text_cache_new (const TnStyle *style);
TnTextCache *tn_text_cache_ref (TnTextCache *cache);
void tn_text_cache_unref (TnTextCache *cache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnTextCache, tn_text_cache_unref)

/* Borrowed until the next call. @width: at most that wide, in document units. */
PangoLayout *tn_text_cache_get (TnTextCache *cache, TnTextKind kind, const char *text,
                                double width);
guint tn_text_cache_size (const TnTextCache *cache);
/* Size of the font in document units: what decides whether it can be read at a scale. */
double tn_text_size (const TnStyle *style, TnTextKind kind);

G_END_DECLS
