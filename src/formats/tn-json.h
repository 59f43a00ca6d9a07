/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON text ↔ TnValue, strict and bounded on the way in; private to the room. */
#pragma once

#include <glib.h>

#include "base/tn-value.h"

G_BEGIN_DECLS

/* Deeper nesting is refused: what reads the tree may recurse. Keras needs about ten, and four more
 * for every model within a model. */
#define TN_JSON_MAX_DEPTH 128
/* Bound on the memory a file may ask for: one unit a value, two an array, eight an object. The
 * largest model that may be opened (TN_FORMAT_MAX_LAYERS) with all of Keras's defaults fits. */
#define TN_JSON_MAX_UNITS 30000000

/* Is @text UTF-8 and, word by word, JSON as RFC 8259 has it, with numbers that an int64 or a finite
 * double holds, without NUL and lone surrogates in strings, and within the two bounds above? Says
 * nothing about how the words are put together. TN_ERROR_SYNTAX with @place, line and column. */
gboolean tn_json_check (const char *text, gsize length, const char *place, GError **error);

/* A new reference. TN_ERROR_SYNTAX with @place, line and column. */
TnValue *tn_json_parse (GBytes *bytes, const char *place, GError **error);

/* Appends @value. @pretty: two spaces a level, lists that fit on one line; else without any space.
 * Numbers JSON has no word for (NaN, infinities) become null. */
void tn_json_write (GString *out, const TnValue *value, gboolean pretty);

/**
 * TnPairs:
 *
 * A dict in the making; keys keep the order in which they were added.
 */
typedef struct
{
  GPtrArray *keys;
  GPtrArray *items;
  GHashTable *known; /* of keys, borrowed from @keys */
} TnPairs;

TnPairs *tn_pairs_new (void);
void tn_pairs_free (TnPairs *pairs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnPairs, tn_pairs_free)
guint tn_pairs_size (const TnPairs *pairs);
/* Takes over @item. A key must be added once only. */
void tn_pairs_take (TnPairs *pairs, const char *key, TnValue *item);
/* Adds a reference to each entry of @dict (NULL: none) whose key is not there yet. */
void tn_pairs_add_all (TnPairs *pairs, const TnValue *dict);
gboolean tn_pairs_has (const TnPairs *pairs, const char *key);
/* A new reference to the dict so far. */
TnValue *tn_pairs_finish (const TnPairs *pairs);

/* A new reference to the list of @items (of TnValue, each a reference that stays the array's). */
TnValue *tn_list_finish (const GPtrArray *items);

G_END_DECLS
