/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The "tenon" block of a file: what Keras has no place for. */
#include "formats/tn-keras.h"

#include <math.h>

#include "base/tn-error.h"
#include "base/tn-i18n.h"

static gboolean
read_position (TnReader *reader, const TnNode *node, const TnValue *value)
{
  double at[2];

  for (guint i = 0; i < 2; i++)
    {
      if (tn_value_kind (value) != TN_VALUE_LIST || tn_value_size (value) != 2
          || !tn_value_is_number (tn_value_at (value, i)))
        return tn_reader_fail (reader, _ ("the position of '%s' is no pair of numbers."),
                               tn_node_name (node));
      at[i] = tn_value_float (tn_value_at (value, i));
      if (fabs (at[i]) > TN_KERAS_MAX_POSITION)
        return tn_reader_fail (reader, _ ("the position of '%s' is too far out."),
                               tn_node_name (node));
    }
  tn_draft_move (reader->draft, tn_node_id (node), at[0], at[1]);
  return TRUE;
}

static gboolean
read_seed (TnReader *reader, const TnValue *value)
{
  guint64 seed;

  /* Numbers that JSON readers might round stand as text. */
  if (tn_value_kind (value) == TN_VALUE_STRING
      && g_ascii_string_to_unsigned (tn_value_string (value), 10, 0, G_MAXUINT64, &seed, NULL))
    tn_draft_set_seed (reader->draft, seed);
  else if (tn_value_kind (value) == TN_VALUE_INT && tn_value_int (value) >= 0)
    tn_draft_set_seed (reader->draft, (guint64)tn_value_int (value));
  else
    return tn_reader_fail (reader, _ ("the seed is no whole number of at least 0."));
  return TRUE;
}

gboolean
tn_keras_read_positions (TnReader *reader, const TnValue *block)
{
  const TnValue *positions = tn_value_lookup (block, "positions");

  if (positions && tn_value_kind (positions) != TN_VALUE_DICT)
    return tn_reader_fail (reader, _ ("'%s' of the \"tenon\" block is no object."), "positions");
  for (gsize i = 0; positions && i < tn_value_size (positions); i++)
    {
      const TnNode *node = tn_draft_find_name (reader->draft, tn_value_key_at (positions, i));

      if (node && !read_position (reader, node, tn_value_at (positions, i)))
        return FALSE;
    }
  return TRUE;
}

gboolean
tn_keras_read_block (TnReader *reader, const TnValue *block, TnPairs *extras)
{
  static const char *const known[]
      = { "version", "dense_inputs", "seed",   "positions", "outputs", "direction",
          "targets", "loose",        "groups", "whole",     NULL };
  const char *rule_name = tn_keras_string (block, "dense_inputs");
  const char *direction_name = tn_keras_string (block, "direction");
  const TnValue *seed = tn_value_lookup (block, "seed");
  TnDenseInputs rule = TN_DENSE_FLAT;
  TnDirection direction = TN_DIRECTION_DOWN;

  if (tn_value_lookup (block, "dense_inputs")
      && (!rule_name || !tn_dense_inputs_from_name (rule_name, &rule)))
    return tn_reader_fail (reader, _ ("dense_inputs must be \"flat\" or \"any\"."));
  tn_draft_set_dense_inputs (reader->draft, rule);
  if (tn_value_lookup (block, "direction")
      && (!direction_name || !tn_direction_from_name (direction_name, &direction)))
    return tn_reader_fail (reader, _ ("direction must be \"down\" or \"right\"."));
  tn_draft_set_direction (reader->draft, direction);
  if (seed && !read_seed (reader, seed))
    return FALSE;
  for (gsize i = 0; i < tn_value_size (block); i++)
    if (!g_strv_contains (known, tn_value_key_at (block, i)))
      tn_pairs_take (extras, tn_value_key_at (block, i), tn_value_ref (tn_value_at (block, i)));
  return TRUE;
}

gboolean
tn_keras_check_version (TnReader *reader, const TnValue *block)
{
  const TnValue *version = tn_value_lookup (block, "version");

  if (tn_value_kind (block) != TN_VALUE_DICT)
    return tn_reader_fail (reader, _ ("its \"tenon\" block is no object."));
  if (!version)
    return TRUE;
  if (tn_value_kind (version) != TN_VALUE_INT || tn_value_int (version) < 1)
    return tn_reader_fail (reader, _ ("the version of its \"tenon\" block is no number."));
  if (tn_value_int (version) > TN_KERAS_VERSION)
    {
      g_set_error (reader->error, TN_ERROR, TN_ERROR_UNSUPPORTED,
                   _ ("%s was written by a newer version of Tenon, which this one cannot read."),
                   reader->place);
      return FALSE;
    }
  return TRUE;
}
