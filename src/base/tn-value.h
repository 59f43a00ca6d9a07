/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnValue: an immutable, counted value as JSON and Python know them; what a layer parameter holds.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  TN_VALUE_NONE,
  TN_VALUE_BOOL,
  TN_VALUE_INT,
  TN_VALUE_FLOAT,
  TN_VALUE_STRING,
  TN_VALUE_LIST,
  TN_VALUE_DICT,
} TnValueKind;

/* Immutable and atomically counted: may cross threads. A dict keeps the order of its keys. */
typedef struct _TnValue TnValue;

/* Constructors return a new reference. */
TnValue *tn_value_new_none (void);
TnValue *tn_value_new_bool (gboolean boolean);
TnValue *tn_value_new_int (gint64 integer);
TnValue *tn_value_new_float (double number);
TnValue *tn_value_new_string (const char *string);
/* Lists and dicts take over the references in @items (the arrays themselves stay the caller's);
 * @keys are copied. */
TnValue *tn_value_new_list (TnValue *const *items, gsize n_items);
TnValue *tn_value_new_ints (const gint64 *integers, gsize n_integers);
TnValue *tn_value_new_dict (const char *const *keys, TnValue *const *items, gsize n_items);

TnValue *tn_value_ref (const TnValue *value);
void tn_value_unref (TnValue *value);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnValue, tn_value_unref)

TnValueKind tn_value_kind (const TnValue *value);
gboolean tn_value_is_none (const TnValue *value);
gboolean tn_value_is_number (const TnValue *value);
/* Getters assert the kind; tn_value_float() takes an int as well. */
gboolean tn_value_bool (const TnValue *value);
gint64 tn_value_int (const TnValue *value);
double tn_value_float (const TnValue *value);
const char *tn_value_string (const TnValue *value);

/* Lists and dicts: what they return is borrowed. Size is 0 for scalars and
 * NULL. */
gsize tn_value_size (const TnValue *value);
const TnValue *tn_value_at (const TnValue *value, gsize index);
const char *tn_value_key_at (const TnValue *value, gsize index);
/* NULL when @value is no dict or has no such key. */
const TnValue *tn_value_lookup (const TnValue *value, const char *key);
/* A new dict with @key set to @item (NULL: without it); @dict may be NULL for the empty one. */
TnValue *tn_value_with (const TnValue *dict, const char *key, const TnValue *item);

/* 1 and 1.0 are equal, as in Python; NULL equals only NULL. */
gboolean tn_value_equal (const TnValue *a, const TnValue *b);

/* Python's spelling: None, True, 3, 0.5, 'relu', (3, 3). Independent of the locale. */
char *tn_value_to_text (const TnValue *value);
/* Reads what people type: Python or JSON spelling, bare words as strings, "3, 3" as a list.
 * On failure NULL and, in @message, one translated sentence. */
TnValue *tn_value_from_text (const char *text, char **message);

G_END_DECLS
