/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The part of the "tenon" block that holds a model with what of it does not count: Keras's part of
 * the file is the model as it counts, and as long as that is as it was written, this is what is
 * opened. */
#include "formats/tn-keras.h"
#include "graph/tn-active.h"

#include <string.h>

#define WHOLE "whole"
/* In that: what tells whether the rest of the file is still the same. */
#define OF "of"

/* Does this entry of the block stand apart from what Keras's part and the rest of it say? */
static gboolean
stands_apart (const char *key)
{
  return strcmp (key, WHOLE) == 0;
}

/* A digest of what Keras reads and of Tenon's notes on it, whatever the spaces between. */
static char *
fingerprint (const TnValue *config, const TnValue *block)
{
  g_autoptr (TnPairs) notes = tn_pairs_new ();
  g_autoptr (TnValue) rest = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < tn_value_size (block); i++)
    if (!stands_apart (tn_value_key_at (block, i)))
      tn_pairs_take (notes, tn_value_key_at (block, i), tn_value_ref (tn_value_at (block, i)));
  rest = tn_pairs_finish (notes);
  tn_json_write (text, config, FALSE);
  tn_json_write (text, rest, FALSE);
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text->str, (gssize)text->len);
}

TnValue *
tn_keras_with_whole (const TnValue *block, const TnValue *config, const TnGraph *graph)
{
  g_autoptr (TnGraph) layers = tn_graph_without_remarks (graph, FALSE);
  g_autoptr (TnValue) model = NULL, of = NULL, whole = NULL;
  g_autofree char *digest = NULL;

  if (tn_graph_active (layers) == layers)
    return tn_value_ref (block);
  digest = fingerprint (config, block);
  of = tn_value_new_string (digest);
  model = tn_keras_write (graph, TN_KERAS_PART);
  whole = tn_value_with (model, OF, of);
  return tn_value_with (block, WHOLE, whole);
}

TnGraph *
tn_keras_read_whole (const TnValue *block, const TnValue *config, const TnGraph *graph,
                     const char *place, GError **error)
{
  const TnValue *whole = tn_value_lookup (block, WHOLE);
  const char *of = whole != NULL ? tn_keras_string (whole, OF) : NULL;
  g_autofree char *digest = of != NULL ? fingerprint (config, block) : NULL;
  g_autoptr (TnValue) model = NULL;
  TnFormat format;

  /* Another program may have changed what Keras reads: that is the newer word. */
  if (g_strcmp0 (of, digest) != 0 || of == NULL)
    return tn_graph_ref (graph);
  model = tn_value_with (whole, OF, NULL);
  return tn_keras_read (model, place, TRUE, &format, error);
}
