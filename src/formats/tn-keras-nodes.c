/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inbound nodes: with which tensors and constants a layer is called, in Keras 3's form and in Keras
 * 2's. */
#include "formats/tn-keras.h"

#include <string.h>

#include "base/tn-i18n.h"
#include "graph/tn-fold.h"
#include "layers/tn-opaque.h"

gboolean
tn_keras_is_ref (const TnValue *value)
{
  gsize size = tn_value_size (value);

  return tn_value_kind (value) == TN_VALUE_LIST && (size == 3 || size == 4)
         && tn_value_kind (tn_value_at (value, 0)) == TN_VALUE_STRING
         && tn_value_kind (tn_value_at (value, 1)) == TN_VALUE_INT
         && tn_value_kind (tn_value_at (value, 2)) == TN_VALUE_INT
         && (size == 3 || tn_value_kind (tn_value_at (value, 3)) == TN_VALUE_DICT);
}

gboolean
tn_keras_read_ref (TnReader *reader, const char *where, const TnValue *value, TnFileRef *ref)
{
  gint64 call, output;

  if (!tn_keras_is_ref (value))
    return tn_reader_fail (reader, _ ("%s names a tensor otherwise than as [layer, call, output]."),
                           where);

  call = tn_value_int (tn_value_at (value, 1));
  output = tn_value_int (tn_value_at (value, 2));
  if (call < 0 || call >= TN_KERAS_MAX_CALLS || output < 0 || output >= TN_MAX_OUTPUTS)
    return tn_reader_fail (reader, _ ("%s names a call or output of '%s' that there cannot be."),
                           where, tn_value_string (tn_value_at (value, 0)));
  *ref = (TnFileRef){ .name = tn_value_string (tn_value_at (value, 0)),
                      .call = (guint)call,
                      .output = (guint)output };
  return TRUE;
}

const TnValue *
tn_keras_tensor (const TnValue *value)
{
  const char *class_name = tn_keras_string (value, "class_name");

  return class_name && strcmp (class_name, "__keras_tensor__") == 0
             ? tn_value_lookup (value, "config")
             : NULL;
}

/* One call that is being read. */
typedef struct
{
  /* borrowed */
  TnReader *reader;
  TnFileLayer *layer;

  /* owned */
  GArray *slots;    /* of TnFileRef; without a name: nothing is wired */
  TnPairs *kept;    /* arguments that are kept as they are */
  TnPairs *setting; /* parameters that the call sets */

  /* state */
  gboolean keras_2; /* lists may be tensors */
  gboolean loose;   /* None stands for an input that nothing is wired to */
  gboolean failed;  /* the file is refused */
  gboolean odd;     /* the kind of layer has no place for something */
} Call;

static void
call_clear (Call *call)
{
  g_clear_pointer (&call->slots, g_array_unref);
  g_clear_pointer (&call->kept, tn_pairs_free);
  g_clear_pointer (&call->setting, tn_pairs_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Call, call_clear)

static Call
call_new (TnReader *reader, TnFileLayer *layer, gboolean keras_2)
{
  return (Call){ .reader = reader,
                 .layer = layer,
                 .slots = g_array_new (FALSE, TRUE, sizeof (TnFileRef)),
                 .kept = tn_pairs_new (),
                 .setting = tn_pairs_new (),
                 .keras_2 = keras_2 };
}

static gboolean
is_tensor (const Call *call, const TnValue *value)
{
  return tn_keras_tensor (value) || (call->keras_2 && tn_keras_is_ref (value));
}

/* Recurses as deeply as JSON may nest. */
static gboolean
holds_tensor (const Call *call, const TnValue *value)
{
  if (is_tensor (call, value))
    return TRUE;
  for (gsize i = 0; i < tn_value_size (value); i++)
    if (holds_tensor (call, tn_value_at (value, i)))
      return TRUE;
  return FALSE;
}

/* Is @value a list of nothing but tensors, and None where one is missing? */
static gboolean
is_tensor_list (const Call *call, const TnValue *value)
{
  gboolean some = FALSE;

  if (tn_value_kind (value) != TN_VALUE_LIST || is_tensor (call, value)
      || tn_value_size (value) == 0)
    return FALSE;
  for (gsize i = 0; i < tn_value_size (value); i++)
    if (is_tensor (call, tn_value_at (value, i)))
      some = TRUE;
    else if (!tn_value_is_none (tn_value_at (value, i)))
      return FALSE;
  return some;
}

/* The name that the tensor @value has as a layer's output; NULL when it says none. */
static const char *
tensor_source (const TnValue *value)
{
  const TnValue *tensor = tn_keras_tensor (value);
  const TnValue *ref = tensor ? tn_value_lookup (tensor, "keras_history") : value;

  return ref && tn_keras_is_ref (ref) ? tn_value_string (tn_value_at (ref, 0)) : NULL;
}

/* Puts the tensor @value into slot @slot. */
static void
place (Call *call, guint slot, const TnValue *value)
{
  const TnValue *tensor = tn_keras_tensor (value);
  const TnValue *ref = tensor ? tn_value_lookup (tensor, "keras_history") : value;
  g_autofree char *where = NULL;

  if (call->failed)
    return;
  if (slot >= TN_KERAS_MAX_INPUTS)
    {
      call->failed
          = !tn_reader_fail (call->reader, _ ("layer '%s' is called with more than %d tensors."),
                             call->layer->name, TN_KERAS_MAX_INPUTS);
      return;
    }
  if (!ref)
    {
      call->failed = !tn_reader_fail (
          call->reader, _ ("layer '%s' has an input without a keras_history."), call->layer->name);
      return;
    }
  if (slot >= call->slots->len)
    g_array_set_size (call->slots, slot + 1);
  where = g_strdup_printf (_ ("layer '%s'"), call->layer->name);
  call->failed = !tn_keras_read_ref (call->reader, where, ref,
                                     &g_array_index (call->slots, TnFileRef, slot));
}

static gboolean
is_free (const Call *call, guint slot)
{
  return slot >= call->slots->len || !g_array_index (call->slots, TnFileRef, slot).name;
}

/* @value with each tensor put into the next slot and something that stands for it in its place. A
 * new reference. Keys that mean something to Tenon alone are none of Keras's. */
static TnValue *
keep_value (Call *call, const TnValue *value)
{
  gboolean dict = tn_value_kind (value) == TN_VALUE_DICT;

  if (is_tensor (call, value))
    {
      guint slot = call->slots->len;

      place (call, slot, value);
      return tn_call_slot_new (slot);
    }
  if (dict)
    {
      g_autoptr (TnPairs) pairs = tn_pairs_new ();

      for (gsize i = 0; i < tn_value_size (value); i++)
        if (tn_value_key_at (value, i)[0] != '\x1f')
          tn_pairs_take (pairs, tn_value_key_at (value, i),
                         keep_value (call, tn_value_at (value, i)));
      return tn_pairs_finish (pairs);
    }
  if (tn_value_kind (value) == TN_VALUE_LIST)
    {
      g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_value_unref);

      for (gsize i = 0; i < tn_value_size (value); i++)
        g_ptr_array_add (items, keep_value (call, tn_value_at (value, i)));
      return tn_list_finish (items);
    }
  return tn_value_ref (value);
}

/* Does @value say just (tensor) or ([tensor, tensor…]), the slots in order, and no more of them
 * than
 * @most? */
static gboolean
is_plain (const TnValue *arguments, guint most)
{
  const TnValue *list;

  if (tn_value_size (arguments) != 1)
    return tn_value_size (arguments) == 0;
  list = tn_value_at (arguments, 0);
  if (tn_call_slot (list) == 0)
    return TRUE;
  if (tn_value_kind (list) != TN_VALUE_LIST || tn_value_size (list) < 2
      || tn_value_size (list) > most)
    return FALSE;
  for (gsize i = 0; i < tn_value_size (list); i++)
    if (tn_call_slot (tn_value_at (list, i)) != (int)i)
      return FALSE;
  return TRUE;
}

/* Is there nothing in @value but tensors, in lists or by themselves, and places left free? Anything
 * else has no place in a layer that takes tensors: what would be written is not what was read. */
static gboolean
is_tensors_alone (const Call *call, const TnValue *value)
{
  if (is_tensor (call, value) || tn_value_is_none (value))
    return TRUE;
  if (tn_value_kind (value) != TN_VALUE_LIST)
    return FALSE;
  for (gsize i = 0; i < tn_value_size (value); i++)
    {
      const TnValue *item = tn_value_at (value, i);

      if (!is_tensors_alone (call, item)
          || (tn_value_kind (item) == TN_VALUE_LIST && tn_value_size (item) == 0))
        return FALSE;
    }
  return TRUE;
}

/* Keeps the arguments without keyword as they stand, but where that goes without saying. */
static void
keep_arguments (Call *call, const TnValue *arguments)
{
  const TnSchema *schema = call->layer->schema;
  guint most = call->keras_2 || schema->call_form == TN_CALL_LIST ? schema->max_inputs : 1;
  g_autoptr (TnValue) kept = keep_value (call, arguments);

  if (!is_plain (kept, most))
    tn_pairs_take (call->kept, TN_CALL_ARGUMENTS, g_steal_pointer (&kept));
}

/* ---- the three kinds of layers ---- */

/* An input that nothing is wired to. */
static void
skip (Call *call)
{
  if (call->loose && call->slots->len < TN_KERAS_MAX_INPUTS)
    g_array_set_size (call->slots, call->slots->len + 1);
}

static gboolean
is_empty_list (const TnValue *value)
{
  for (gsize i = 0; i < tn_value_size (value); i++)
    if (!tn_value_is_none (tn_value_at (value, i)))
      return FALSE;
  return tn_value_kind (value) == TN_VALUE_LIST;
}

/* Of a layer that is not fully wired: tensors alone, and None where one is missing. */
static gboolean
place_loose (Call *call, const TnValue *arguments)
{
  const TnValue *list = tn_value_size (arguments) == 1 ? tn_value_at (arguments, 0) : NULL;

  if (!call->loose || !list || is_tensor (call, list)
      || (tn_value_kind (list) == TN_VALUE_LIST && tn_value_size (list) < 2)
      || (!tn_value_is_none (list) && !is_tensor_list (call, list) && !is_empty_list (list)))
    return FALSE;
  for (gsize i = 0; i < tn_value_size (list); i++)
    {
      if (tn_value_is_none (tn_value_at (list, i)))
        skip (call);
      else
        place (call, call->slots->len, tn_value_at (list, i));
    }
  return TRUE;
}

static void
read_opaque (Call *call, const TnValue *arguments, const TnValue *kwargs)
{
  if (!place_loose (call, arguments))
    keep_arguments (call, arguments);
  for (gsize i = 0; i < tn_value_size (kwargs); i++)
    if (tn_value_key_at (kwargs, i)[0] != '\x1f'
        && !tn_pairs_has (call->kept, tn_value_key_at (kwargs, i)))
      tn_pairs_take (call->kept, tn_value_key_at (kwargs, i),
                     keep_value (call, tn_value_at (kwargs, i)));
}

/* A parameter that the call sets; FALSE when @key is none, or none that may be so. */
static gboolean
set_parameter (Call *call, const char *key, const TnValue *value)
{
  const TnSchema *schema = call->layer->schema;
  int param = tn_schema_param (schema, key);

  if (param < 0 || !(schema->params[param].flags & TN_PARAM_CALL)
      || tn_pairs_has (call->setting, key))
    return FALSE;
  if (!tn_param_is_default (&schema->params[param], value))
    tn_pairs_take (call->setting, key, tn_param_normalize (&schema->params[param], value));
  return TRUE;
}

/* One argument of an operation: tensors, or a constant that its parameter takes. */
static void
read_operand (Call *call, const char *name, const TnValue *value)
{
  const TnSchema *schema = call->layer->schema;
  g_autofree char *base = g_strndup (name, strcspn (name, "["));
  gboolean many = strlen (base) < strlen (name);
  int param = tn_schema_param (schema, base);

  if (!many && is_tensor (call, value))
    place (call, call->slots->len, value);
  else if (!many && tn_value_is_none (value))
    skip (call);
  else if (many && (is_tensor_list (call, value) || is_empty_list (value)))
    for (gsize i = 0; i < tn_value_size (value); i++)
      {
        if (tn_value_is_none (tn_value_at (value, i)))
          skip (call);
        else
          place (call, call->slots->len, tn_value_at (value, i));
      }
  else if (!tn_value_is_none (value)
           && (holds_tensor (call, value) || param < 0
               || !tn_param_check (&schema->params[param], value, NULL)
               || !set_parameter (call, base, value)))
    call->odd = TRUE;
}

static void
read_operation (Call *call, const TnValue *arguments, const TnValue *kwargs)
{
  const char *const *names = call->layer->schema->arguments;
  gsize position = 0;

  for (guint i = 0; names[i]; i++)
    {
      g_autofree char *base = g_strndup (names[i], strcspn (names[i], "["));
      const TnValue *value = tn_value_lookup (kwargs, base);

      if (names[i][0] == '*')
        while (position < tn_value_size (arguments))
          read_operand (call, names[i] + 1, tn_value_at (arguments, position++));
      else if (position < tn_value_size (arguments))
        read_operand (call, names[i], tn_value_at (arguments, position++));
      else if (value)
        read_operand (call, names[i], value);
    }
  for (gsize i = 0; i < tn_value_size (kwargs); i++)
    {
      gboolean known = FALSE;

      for (guint j = 0; names[j] && !known; j++)
        {
          gsize length = strcspn (names[j], "[");

          known = strlen (tn_value_key_at (kwargs, i)) == length
                  && strncmp (tn_value_key_at (kwargs, i), names[j], length) == 0;
        }
      if (!known && !tn_value_is_none (tn_value_at (kwargs, i)))
        call->odd = TRUE;
    }
  if (position < tn_value_size (arguments))
    call->odd = TRUE;
}

/* The arguments of a layer, which are its tensors; FALSE when there is more among them. @arguments
 * is what Keras 3 says, or with @list what stands in a list there. */
static gboolean
place_arguments (Call *call, const TnValue *arguments, gboolean loose)
{
  guint most = call->layer->schema->max_inputs, slot = 0;

  if (tn_value_size (arguments) == 1 && tn_value_kind (tn_value_at (arguments, 0)) == TN_VALUE_LIST
      && !is_tensor (call, tn_value_at (arguments, 0)))
    arguments = tn_value_at (arguments, 0);
  for (gsize i = 0; i < tn_value_size (arguments) && !call->failed; i++)
    {
      const TnValue *item = tn_value_at (arguments, i);
      gsize n = is_tensor_list (call, item) ? tn_value_size (item) : 1;

      if (n > 1 ? n > most - slot : slot >= most)
        return tn_value_is_none (item);
      if (is_tensor (call, item))
        place (call, slot++, item);
      else if (is_tensor_list (call, item))
        for (gsize j = 0; j < n; j++, slot++)
          {
            if (!tn_value_is_none (tn_value_at (item, j)))
              place (call, slot, tn_value_at (item, j));
          }
      else if (!tn_value_is_none (item))
        return FALSE;
      else if (loose || call->layer->schema->input_names)
        slot++;
    }
  return TRUE;
}

/* Tensors by keyword, into the slots that have the name; FALSE when there are none. */
static gboolean
place_keyword (Call *call, const char *key, const TnValue *value)
{
  const TnSchema *schema = call->layer->schema;
  gsize n = is_tensor_list (call, value) ? tn_value_size (value) : 1;
  guint slot = 0;

  if (!is_tensor (call, value) && !is_tensor_list (call, value))
    return FALSE;
  while (schema->input_names && schema->input_names[slot]
         && strcmp (schema->input_names[slot], key) != 0)
    slot++;
  if (!schema->input_names || !schema->input_names[slot] || n > schema->max_inputs - slot)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (!is_free (call, slot + i))
      {
        call->failed = !tn_reader_fail (call->reader, _ ("a call of layer '%s' gives %s twice."),
                                        call->layer->name, key);
        return FALSE;
      }
  for (guint i = 0; i < n; i++)
    {
      const TnValue *item = is_tensor (call, value) ? value : tn_value_at (value, i);

      if (!tn_value_is_none (item))
        place (call, slot + i, item);
    }
  return TRUE;
}

/* Is this the mask that Keras makes again by itself, and nothing more? */
static gboolean
is_own_mask (const Call *call, const char *key, const TnValue *value)
{
  const char *source = is_tensor (call, value) ? tensor_source (value) : NULL;

  if (!g_str_has_suffix (key, "mask") || !call->reader->masks)
    return FALSE;
  if (is_tensor (call, value))
    return source && g_hash_table_contains (call->reader->masks, source);
  if (tn_value_kind (value) != TN_VALUE_LIST || tn_value_size (value) == 0)
    return FALSE;
  for (gsize i = 0; i < tn_value_size (value); i++)
    if (!tn_value_is_none (tn_value_at (value, i))
        && !is_own_mask (call, key, tn_value_at (value, i)))
      return FALSE;
  return TRUE;
}

static void
read_keywords (Call *call, const TnValue *kwargs)
{
  const TnSchema *schema = call->layer->schema;
  guint named = schema->max_inputs;

  for (guint pass = 0; pass < 2; pass++)
    for (gsize i = 0; i < tn_value_size (kwargs) && !call->failed; i++)
      {
        const TnValue *value = tn_value_at (kwargs, i);
        const char *key = tn_value_key_at (kwargs, i);
        gboolean tensors = holds_tensor (call, value);

        if (tn_value_is_none (value) || is_own_mask (call, key, value) || key[0] == '\x1f'
            || tn_pairs_has (call->kept, key))
          continue;
        /* First what has a place of its own. */
        if (pass == 0 && tensors && place_keyword (call, key, value))
          tn_pairs_take (call->kept, key, tn_value_new_none ());
        else if (pass == 0 || (!tensors && set_parameter (call, key, value)))
          continue;
        else if (tensors && named == G_MAXUINT)
          tn_reader_unsupported (call->reader, call->layer->name, _ ("tensors passed by keyword"));
        else
          {
            call->odd = call->odd || (tensors && !is_tensors_alone (call, value));
            if (tensors && call->slots->len < named)
              g_array_set_size (call->slots, named);
            tn_pairs_take (call->kept, key, keep_value (call, value));
          }
      }
}

/* Are tensors given one by one where Keras takes a list, or as a list where it takes them one by
 * one? Keras 2 has but one way to say it. */
static gboolean
has_wrong_form (const Call *call, const TnValue *arguments)
{
  const TnSchema *schema = call->layer->schema;
  const TnValue *first = tn_value_size (arguments) > 0 ? tn_value_at (arguments, 0) : NULL;

  if (call->keras_2 || first == NULL || tn_schema_is_model (schema))
    return FALSE;
  if (schema->call_form == TN_CALL_LIST)
    return schema->max_inputs > 1 && tn_value_size (arguments) > 1 && is_tensor (call, first)
           && is_tensor (call, tn_value_at (arguments, 1));
  return tn_value_size (arguments) == 1 && tn_value_size (first) > 1
         && is_tensor_list (call, first);
}

static void
read_layer (Call *call, const TnValue *arguments, const TnValue *kwargs, gboolean loose)
{
  guint most = call->layer->schema->max_inputs;

  gboolean wrong = has_wrong_form (call, arguments);

  if ((wrong || !place_arguments (call, arguments, loose)) && !call->failed)
    {
      g_array_set_size (call->slots, 0);
      call->odd = !wrong
                  && (tn_schema_joins (call->layer->schema) || !is_tensors_alone (call, arguments));
      keep_arguments (call, arguments);
      if (call->slots->len > most && call->slots->len > TN_MAX_SLOTS)
        call->failed
            = !tn_reader_fail (call->reader, _ ("layer '%s' is called with more than %d tensors."),
                               call->layer->name, TN_MAX_SLOTS);
    }
  else if (tn_schema_joins (call->layer->schema) && !call->failed && tn_value_size (arguments) == 1
           && is_tensor (call, tn_value_at (arguments, 0))
           && !(call->keras_2 && call->reader->is_tenon))
    {
      /* Not a list of one, which would be legal. Tenon's own files once had no other way to say
       * that. */
      TnValue *lone = tn_call_slot_new (0);

      tn_pairs_take (call->kept, TN_CALL_ARGUMENTS, tn_value_new_list (&lone, 1));
    }
  read_keywords (call, kwargs);
}

/* ---- calls ---- */

/* What is in @pairs but for what was only to be remembered as done. */
static TnValue *
finish_kept (const TnPairs *pairs)
{
  g_autoptr (TnValue) all = tn_pairs_finish (pairs);
  g_autoptr (TnPairs) kept = tn_pairs_new ();

  for (gsize i = 0; i < tn_value_size (all); i++)
    if (!tn_value_is_none (tn_value_at (all, i)))
      tn_pairs_take (kept, tn_value_key_at (all, i), tn_value_ref (tn_value_at (all, i)));
  return tn_pairs_finish (kept);
}

static void
end_call (Call *call)
{
  TnFileLayer *layer = call->layer;
  g_autoptr (TnValue) kept
      = layer->schema->opaque ? tn_pairs_finish (call->kept) : finish_kept (call->kept);
  g_autoptr (TnValue) settings = tn_pairs_finish (call->setting);

  if (tn_value_size (kept) > 0)
    {
      if (!layer->kwargs)
        layer->kwargs = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_value_unref);
      while (layer->kwargs->len < layer->ends->len)
        g_ptr_array_add (layer->kwargs, tn_value_new_dict (NULL, NULL, 0));
      g_ptr_array_add (layer->kwargs, g_steal_pointer (&kept));
    }
  if (!layer->settings)
    layer->settings = g_steal_pointer (&settings);
  else if (!tn_value_equal (layer->settings, settings))
    tn_reader_unsupported (call->reader, layer->name, _ ("calls that differ in more than tensors"));
  g_array_append_vals (layer->refs, call->slots->data, call->slots->len);
  g_array_append_val (layer->ends, layer->refs->len);
}

static gboolean
read_call (TnReader *reader, TnFileLayer *layer, const TnValue *arguments, const TnValue *kwargs,
           gboolean keras_2, gboolean loose)
{
  g_auto (Call) call = call_new (reader, layer, keras_2);

  call.loose = loose;
  if (layer->schema->opaque)
    read_opaque (&call, arguments, kwargs);
  else if (layer->schema->arguments)
    read_operation (&call, arguments, kwargs);
  else
    read_layer (&call, arguments, kwargs, loose);
  if (call.odd && !call.failed)
    {
      /* Nothing is lost so; all its calls are read anew. */
      layer->schema = &tn_layer_opaque ()->schema;
      return FALSE;
    }
  if (!call.failed)
    end_call (&call);
  return !call.failed;
}

/* Is @item a constant of TensorFlow's own operations, ["_CONSTANT_VALUE", -1, 2.0, {…}]? */
static gboolean
is_constant (const TnValue *item)
{
  return tn_value_kind (item) == TN_VALUE_LIST && tn_value_size (item) >= 3
         && tn_value_kind (tn_value_at (item, 0)) == TN_VALUE_STRING
         && strcmp (tn_value_string (tn_value_at (item, 0)), "_CONSTANT_VALUE") == 0;
}

/* Keras 2's form said as Keras 3 would say it, but for the tensors. */
static gboolean
read_keras_2 (TnReader *reader, TnFileLayer *layer, const TnValue *node, gboolean loose)
{
  g_autoptr (TnPairs) kwargs = tn_pairs_new ();
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_value_unref);
  g_autoptr (TnValue) dict = NULL, list = NULL, arguments = NULL;
  g_autofree char *where = g_strdup_printf (_ ("layer '%s'"), layer->name);
  gboolean bare = tn_keras_is_ref (node);
  gsize size = bare ? 1 : tn_value_size (node);
  TnFileRef ref;

  for (gsize i = 0; i < size; i++)
    {
      const TnValue *item = bare ? node : tn_value_at (node, i);

      if (!(loose && tn_value_is_none (item)) && !(layer->schema->opaque && is_constant (item))
          && !tn_keras_read_ref (reader, where, item, &ref))
        return FALSE;
      if (tn_value_size (item) == 4)
        tn_pairs_add_all (kwargs, tn_value_at (item, 3));
      g_ptr_array_add (items, is_constant (item) ? tn_value_ref (tn_value_at (item, 2))
                                                 : tn_value_ref (item));
    }
  dict = tn_pairs_finish (kwargs);
  list = tn_list_finish (items);
  if (items->len == 1)
    arguments = g_steal_pointer (&list);
  else
    arguments = items->len > 0 ? tn_value_new_list (&(TnValue *){ g_steal_pointer (&list) }, 1)
                               : tn_value_new_list (NULL, 0);
  return read_call (reader, layer, arguments, dict, TRUE, loose);
}

static gboolean
read_keras_3 (TnReader *reader, TnFileLayer *layer, const TnValue *node, gboolean loose)
{
  const TnValue *arguments = tn_value_lookup (node, "args");
  const TnValue *kwargs = tn_value_lookup (node, "kwargs");
  g_autoptr (TnValue) none = tn_value_new_dict (NULL, NULL, 0);

  if (!arguments || tn_value_kind (arguments) != TN_VALUE_LIST
      || (kwargs && tn_value_kind (kwargs) != TN_VALUE_DICT))
    return tn_reader_fail (reader, _ ("layer '%s' has a call without args."), layer->name);
  return read_call (reader, layer, arguments, kwargs ? kwargs : none, FALSE, loose);
}

static gboolean
read_node (TnReader *reader, TnFileLayer *layer, const TnValue *node, gboolean loose)
{
  if (tn_value_kind (node) == TN_VALUE_DICT)
    return read_keras_3 (reader, layer, node, loose);
  if (tn_value_kind (node) == TN_VALUE_LIST)
    return read_keras_2 (reader, layer, node, loose);
  return tn_reader_fail (reader, _ ("a call of layer '%s' is neither a list nor a dict."),
                         layer->name);
}

gboolean
tn_keras_read_nodes (TnReader *reader, TnFileLayer *layer, const TnValue *nodes, gboolean loose)
{
  const TnSchema *schema = layer->schema;

  if (nodes && tn_value_kind (nodes) != TN_VALUE_LIST)
    return tn_reader_fail (reader, _ ("inbound_nodes of layer '%s' is no list."), layer->name);
  if (nodes && tn_value_size (nodes) > TN_KERAS_MAX_CALLS)
    return tn_reader_fail (reader, _ ("layer '%s' is called more than %d times."), layer->name,
                           TN_KERAS_MAX_CALLS);

  for (gsize i = 0; nodes && i < tn_value_size (nodes); i++)
    if (!read_node (reader, layer, tn_value_at (nodes, i), loose))
      {
        if (layer->schema == schema)
          return FALSE;
        g_array_set_size (layer->refs, 0);
        g_array_set_size (layer->ends, 0);
        g_clear_pointer (&layer->settings, tn_value_unref);
        return tn_keras_read_nodes (reader, layer, nodes, loose);
      }
  if (layer->ends->len == 0)
    g_array_append_val (layer->ends, layer->refs->len);
  return TRUE;
}
