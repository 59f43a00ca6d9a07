/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How well a typed query names a thing that has a name, a label and words it is also known by. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TnMatchText:
 * @name: its name in code, "MaxPooling2D"
 * @label: N_() as people see it, "2D max pooling"
 * @aliases: names elsewhere, separated by spaces, not translated: "MaxPool2d"; or NULL
 * @keywords: N_() words that it has to do with, separated by spaces
 *
 * Label and keywords count in English and in the user's language.
 */
typedef struct
{
  const char *name;
  const char *label;
  const char *aliases;
  const char *keywords;
} TnMatchText;

/* What the whole name scores: nothing beats it. */
#define TN_MATCH_EXACT 100

/* 0: it is not meant; more: better. The whole name or alias first, then the beginning of one, a
 * keyword, a word's beginning, and last what merely stands somewhere within. Of several words all
 * must be found. Without case; what stands before a dot ("nn.Linear") does not count. An empty
 * query means everything a little. */
guint tn_match_score (const TnMatchText *text, const char *query);

G_END_DECLS
