/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Warnings about what follows what: activations, losses, dropout, and layers that do nothing. */
#include <string.h>

#include "base/tn-i18n.h"
#include "infer/tn-warnings-private.h"

/* ---- softmax over one number ---- */

gboolean
tn_applies_softmax_one (const TnKind *kind)
{
  return kind->activation >= 0 || g_strcmp0 (kind->function, "softmax") == 0;
}

static gboolean
is_softmax (const char *function)
{
  return strcmp (function, "softmax") == 0 || strcmp (function, "log_softmax") == 0;
}

/* How many numbers add up to 1; -1 when not known. */
static gint64
numbers_shared (const TnWatch *watch)
{
  const TnShape *output = tn_watch_output (watch);
  gint64 axes[TN_MAX_RANK] = { -1 }, shared = 1;
  guint n = 1;

  if (watch->kind->function != NULL
      && (watch->kind->axis < 0 || !tn_node_axes (watch->node, (guint)watch->kind->axis, axes, &n)))
    return -1;
  for (guint i = 0; i < n; i++)
    {
      int axis = tn_shape_axis (output, axes[i]);

      if (axis <= 0 || output->dims[axis].size < 0
          || __builtin_mul_overflow (shared, output->dims[axis].size, &shared))
        return -1;
    }
  return shared;
}

void
tn_check_softmax_one (TnWatch *watch)
{
  const char *function = tn_kind_function (watch->kind, watch->node);

  if (function == NULL || !is_softmax (function) || numbers_shared (watch) != 1)
    return;
  tn_watch_raise (watch, -1,
                  _ ("%s applies %s over a single unit: one number alone always becomes %s, "
                     "whatever arrives, so nothing can be learnt. For one probability sigmoid is "
                     "meant; for classes there must be as many units as classes."),
                  tn_node_name (watch->node), function, function[0] == 'l' ? "0" : "1")
      ->param
      = watch->kind->activation >= 0 ? "activation" : NULL;
}

/* ---- the loss, and what the last layer puts out ---- */

gboolean
tn_applies_loss_activation (const TnKind *kind)
{
  return tn_kind_is (kind, "Target");
}

/* The function that was applied last to what @ref is, and the layer that applies it; NULL where
 * that cannot be told. */
static const char *
last_function (TnWatch *watch, TnRef ref, const TnNode **node)
{
  for (guint step = 0; step < TN_WATCH_REACH && ref.node != TN_NODE_NONE; step++)
    {
      const TnKind *kind;
      const char *function;

      *node = tn_graph_find (watch->graph, ref.node);
      kind = tn_watch_kind (watch, *node);
      function = tn_kind_function (kind, *node);
      if (function != NULL
          && (strcmp (function, "linear") != 0 || !tn_kind_is (kind, "Activation")))
        return function;
      if (function == NULL && !kind->keeps && !kind->dropout)
        return NULL;
      ref = tn_watch_above (watch, ref);
    }
  return NULL;
}

static void
judge_classes (TnWatch *watch, const char *loss, const char *function, const TnNode *last,
               gint64 units)
{
  const char *name = tn_node_name (watch->node), *last_name = tn_node_name (last);

  if (strcmp (function, "softmax") == 0)
    return;
  if (units == 1)
    tn_watch_raise (watch, 0,
                    _ ("The loss %s of %s tells classes apart, but %s puts out one number: with "
                       "one class there is nothing to tell apart. For yes or no the loss is "
                       "binary_crossentropy, for classes %s needs one unit each."),
                    loss, name, last_name, last_name);
  else if (strcmp (function, "sigmoid") == 0)
    tn_watch_raise (watch, 0,
                    _ ("The loss %s of %s takes the units of %s for one choice among classes, but "
                       "its sigmoid judges each unit on its own. For one class out of several use "
                       "softmax; for several at once the loss binary_crossentropy."),
                    loss, name, last_name);
  else
    tn_watch_raise (watch, 0,
                    /* Translators: loss, layer of the labels, layer, function (linear, relu, …). */
                    _ ("The loss %s of %s expects probabilities, but what %s puts out is %s and "
                       "does not add up to 1. Set its activation to softmax, or tell Keras's loss "
                       "from_logits=True."),
                    loss, name, last_name, function);
}

static void
judge_binary (TnWatch *watch, const char *loss, const char *function, const TnNode *last,
              gint64 units)
{
  const char *name = tn_node_name (watch->node), *last_name = tn_node_name (last);

  if (strcmp (function, "sigmoid") == 0 || strcmp (function, "hard_sigmoid") == 0)
    return;
  if (strcmp (function, "softmax") != 0)
    tn_watch_raise (watch, 0,
                    _ ("The loss %s of %s expects probabilities between 0 and 1, but what %s puts "
                       "out is %s. Set its activation to sigmoid, or tell Keras's loss "
                       "from_logits=True."),
                    loss, name, last_name, function);
  else if (units > 2) /* over two units both losses are the same */
    tn_watch_raise (watch, 0,
                    _ ("The loss %s of %s judges each unit of %s as a yes or no of its own, but "
                       "its softmax makes all of them one choice. For one class out of several "
                       "use categorical_crossentropy; for several at once sigmoid."),
                    loss, name, last_name);
}

void
tn_check_loss_activation (TnWatch *watch)
{
  const TnShape *input = tn_watch_input (watch, 0);
  gint64 units = input->rank > 1 ? input->dims[input->rank - 1].size : -1;
  int param = tn_schema_param (&watch->kind->layer->schema, "loss");
  const char *loss = param >= 0 ? tn_node_string (watch->node, (guint)param) : "";
  const TnNode *last = NULL;
  const char *function = last_function (watch, tn_node_input (watch->node, watch->call, 0), &last);

  if (function == NULL)
    return;
  if (g_str_has_suffix (loss, "categorical_crossentropy"))
    judge_classes (watch, loss, function, last, units);
  else if (strcmp (loss, "binary_crossentropy") == 0)
    judge_binary (watch, loss, function, last, units);
}

/* ---- one activation on top of another ---- */

static gboolean
only_applies (const TnKind *kind)
{
  return kind->function != NULL || tn_kind_is (kind, "Activation");
}

gboolean
tn_applies_activation_twice (const TnKind *kind)
{
  return only_applies (kind);
}

void
tn_check_activation_twice (TnWatch *watch)
{
  const TnKind *kind;
  const TnNode *source = tn_watch_source (watch, 0, &kind);
  const char *first = source != NULL ? tn_kind_function (kind, source) : NULL;
  const char *second = tn_kind_function (watch->kind, watch->node);

  if (first == NULL || second == NULL || strcmp (first, "linear") == 0
      || strcmp (second, "linear") == 0
      /* The two halves of mish. */
      || (strcmp (first, "softplus") == 0 && strcmp (second, "tanh") == 0))
    return;
  if (strcmp (first, second) == 0 && strcmp (first, "relu") == 0)
    tn_watch_raise (watch, 0,
                    _ ("%s applies relu to what %s has put through relu already, which changes "
                       "nothing: one of the two is one too many."),
                    tn_node_name (watch->node), tn_node_name (source));
  else
    tn_watch_raise (watch, 0,
                    /* Translators: layer, function, layer, function. */
                    _ ("%s applies %s to what %s has put through %s already: usually only one of "
                       "the two is meant."),
                    tn_node_name (watch->node), second, tn_node_name (source), first);
}

/* ---- two Dense that are one ---- */

gboolean
tn_applies_linear_twice (const TnKind *kind)
{
  return tn_kind_is (kind, "Dense");
}

void
tn_check_linear_twice (TnWatch *watch)
{
  const TnKind *kind;
  const TnNode *source = tn_watch_source (watch, 0, &kind);
  const TnShape *between = tn_watch_input (watch, 0), *output = tn_watch_output (watch), *input;
  gint64 units;
  guint n_uses;

  if (source == NULL || !tn_kind_is (kind, "Dense") || tn_node_n_calls (source) != 1
      || strcmp (tn_kind_function (kind, source), "linear") != 0)
    return;
  tn_graph_uses (watch->graph, (guint)tn_graph_index (watch->graph, tn_node_id (source)), &n_uses);
  if (n_uses != 1)
    return;
  /* Through fewer units than on either side is a way to save weights. */
  input = tn_watch_shape (watch, tn_node_input (source, 0, 0));
  units = between->dims[between->rank - 1].size;
  if (input->rank < 1
      || (units < input->dims[input->rank - 1].size && units < output->dims[output->rank - 1].size))
    return;
  tn_watch_raise (watch, 0,
                  _ ("Between %s and %s there is no activation, so the two together can learn no "
                     "more than %s alone. Set the activation of %s, for instance to relu."),
                  tn_node_name (source), tn_node_name (watch->node), tn_node_name (watch->node),
                  tn_node_name (source));
}

/* ---- dropout in the wrong place ---- */

static gboolean
drops (const TnKind *kind, const TnNode *node)
{
  int rate = kind->dropout ? tn_schema_param (tn_node_schema (node), "rate") : -1;

  return rate >= 0 && tn_node_float (node, (guint)rate) > 0;
}

gboolean
tn_applies_dropout_norm (const TnKind *kind)
{
  return tn_kind_is (kind, "BatchNormalization");
}

void
tn_check_dropout_norm (TnWatch *watch)
{
  TnRef ref = tn_node_input (watch->node, watch->call, 0);

  for (guint step = 0; step < TN_WATCH_REACH && ref.node != TN_NODE_NONE; step++)
    {
      const TnNode *node = tn_graph_find (watch->graph, ref.node);
      const TnKind *kind = tn_watch_kind (watch, node);

      if (drops (kind, node))
        {
          tn_watch_raise (watch, 0,
                          _ ("%s measures mean and variance while %s drops numbers in training, "
                             "and uses them where nothing is dropped, where they are other ones. "
                             "Put %s behind %s."),
                          tn_node_name (watch->node), tn_node_name (node), tn_node_name (node),
                          tn_node_name (watch->node));
          return;
        }
      if (!only_applies (kind) && !kind->keeps)
        return;
      ref = tn_watch_above (watch, ref);
    }
}

gboolean
tn_applies_dropout_last (const TnKind *kind)
{
  return kind->dropout;
}

/* Does the model end at this layer: is it declared to, do labels meet it, or is it behind a
 * function that only ends have? */
static gboolean
is_last (TnWatch *watch)
{
  const TnKind *kind;
  const TnNode *source = tn_watch_source (watch, 0, &kind);
  const char *function = source != NULL ? tn_kind_function (kind, source) : NULL;
  guint n_uses, n_outputs;
  const TnGraphUse *uses = tn_graph_uses (watch->graph, watch->index, &n_uses);
  const TnRef *outputs = tn_graph_outputs (watch->graph, &n_outputs);

  for (guint i = 0; i < n_uses; i++)
    if (tn_node_n_outputs (tn_graph_node (watch->graph, uses[i].index)) == 0)
      return TRUE;
  if (n_uses > 0)
    return FALSE;
  if (function != NULL && (is_softmax (function) || strcmp (function, "sigmoid") == 0))
    return TRUE;
  for (guint i = 0; tn_graph_outputs_declared (watch->graph) && i < n_outputs; i++)
    if (outputs[i].node == tn_node_id (watch->node))
      return TRUE;
  return FALSE;
}

void
tn_check_dropout_last (TnWatch *watch)
{
  if (!drops (watch->kind, watch->node) || !is_last (watch))
    return;
  tn_watch_raise (watch, -1,
                  _ ("%s stands behind the last layer, so in training it sets answers of the model "
                     "itself to 0 at random. Dropout belongs between layers."),
                  tn_node_name (watch->node));
}

/* ---- an Embedding looks numbers up ---- */

gboolean
tn_applies_embedding_floats (const TnKind *kind)
{
  return tn_kind_is (kind, "Embedding");
}

/* Does a layer put out numbers that are no counts? */
static gboolean
makes_floats (const TnKind *kind, const TnNode *node)
{
  static const char *const types[]
      = { "Dense", "EinsumDense", "Embedding", "Rescaling", "Normalization", NULL };
  const char *function = tn_kind_function (kind, node);

  return kind->layer->family == TN_FAMILY_CONVOLUTIONAL
         || kind->layer->family == TN_FAMILY_NORMALIZATION
         || g_strv_contains (types, kind->layer->schema.type)
         || (function != NULL && strcmp (function, "linear") != 0
             && strcmp (function, "relu") != 0);
}

void
tn_check_embedding_floats (TnWatch *watch)
{
  TnRef ref = tn_node_input (watch->node, watch->call, 0);
  const TnNode *source = tn_graph_find (watch->graph, ref.node);

  for (guint step = 0;
       step < TN_WATCH_REACH && source != NULL && tn_watch_kind (watch, source)->keeps; step++)
    {
      ref = tn_watch_above (watch, ref);
      source = tn_graph_find (watch->graph, ref.node);
    }
  if (source == NULL || !makes_floats (tn_watch_kind (watch, source), source))
    return;
  tn_watch_raise (watch, 0,
                  _ ("%s looks up a row for each whole number that arrives, but %s puts out "
                     "fractions, which are cut down to whole numbers. Wire it to the input that "
                     "holds the indexes."),
                  tn_node_name (watch->node), tn_node_name (source));
}

/* ---- the same tensor merged with itself ---- */

gboolean
tn_applies_same_twice (const TnKind *kind)
{
  static const char *const types[]
      = { "Add", "Subtract", "Average", "Maximum", "Minimum", "Concatenate", NULL };

  return g_strv_contains (types, kind->layer->schema.type);
}

/* The first slot that is wired as one before it; 0 when there is none. */
static guint
repeated_slot (const TnWatch *watch)
{
  guint n = tn_node_n_inputs (watch->node, watch->call);
  g_autoptr (GHashTable) seen = NULL;

  if (n == 2)
    return tn_ref_equal (tn_node_input (watch->node, watch->call, 0),
                         tn_node_input (watch->node, watch->call, 1));
  seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  for (guint slot = 0; slot < n; slot++)
    {
      TnRef ref = tn_node_input (watch->node, watch->call, slot);
      gint64 key = (gint64)ref.call << 48 | (gint64)ref.output << 32 | ref.node;

      if (!g_hash_table_add (seen, g_memdup2 (&key, sizeof key)))
        return slot;
    }
  return 0;
}

void
tn_check_same_twice (TnWatch *watch)
{
  guint slot = repeated_slot (watch);
  const TnKind *kind;

  if (slot == 0)
    return;
  tn_watch_raise (watch, (int)slot,
                  _ ("%s is wired to %s twice, so it joins one and the same with itself. One of "
                     "the two wires was probably meant to come from another layer."),
                  tn_node_name (watch->node), tn_node_name (tn_watch_source (watch, slot, &kind)));
}

/* ---- layers that do nothing ---- */

gboolean
tn_applies_no_effect (const TnKind *kind)
{
  static const char *const stems[]
      = { "UpSampling", "ZeroPadding", "Cropping", "Permute", "Flatten", NULL };

  if (kind->pooling)
    return TRUE;
  for (guint i = 0; stems[i] != NULL; i++)
    if (g_str_has_prefix (kind->layer->schema.type, stems[i]))
      return TRUE;
  return FALSE;
}

/* Are all numbers of this parameter @number? */
static gboolean
all_are (const TnNode *node, guint param, gint64 number)
{
  const TnParam *schema = &tn_node_schema (node)->params[param];
  gint64 numbers[6];
  guint n = schema->length;
  gboolean some = FALSE;

  if (n < 1 || n > 3)
    return FALSE;
  if (schema->kind == TN_PARAM_PAIRS)
    {
      some = tn_node_pairs (node, param, numbers);
      n *= 2;
    }
  else if (schema->kind == TN_PARAM_INTS)
    some = tn_node_ints (node, param, numbers);
  for (guint i = 0; some && i < n; i++)
    some = numbers[i] == number;
  return some;
}

static gboolean
keeps_order (const TnNode *node)
{
  int param = tn_schema_param (tn_node_schema (node), "dims");
  TnShape order;

  if (param < 0 || !tn_node_dims (node, (guint)param, &order))
    return FALSE;
  for (int i = 0; i < order.rank; i++)
    if (order.dims[i].size != i + 1)
      return FALSE;
  return TRUE;
}

/* Why the layer changes nothing: its parameter; NULL where it does change something, or where that
 * is not because of a parameter. */
static const char *
idle_param (const TnWatch *watch)
{
  static const struct
  {
    const char *stem, *param;
    gint64 number;
  } idle[] = {
    { "UpSampling", "size", 1 },
    { "ZeroPadding", "padding", 0 },
    { "Cropping", "cropping", 0 },
  };
  const TnSchema *schema = tn_node_schema (watch->node);

  if (watch->kind->pooling)
    return all_are (watch->node, (guint)watch->kind->kernel, 1)
                   && (tn_node_is_none (watch->node, (guint)watch->kind->strides)
                       || all_are (watch->node, (guint)watch->kind->strides, 1))
               ? "pool_size"
               : NULL;
  for (guint i = 0; i < G_N_ELEMENTS (idle); i++)
    if (g_str_has_prefix (schema->type, idle[i].stem))
      {
        int param = tn_schema_param (schema, idle[i].param);

        return param >= 0 && all_are (watch->node, (guint)param, idle[i].number) ? idle[i].param
                                                                                 : NULL;
      }
  return tn_kind_is (watch->kind, "Permute") && keeps_order (watch->node) ? "dims" : NULL;
}

void
tn_check_no_effect (TnWatch *watch)
{
  const TnKind *kind;
  const TnNode *source = tn_watch_source (watch, 0, &kind);
  const char *param = idle_param (watch);

  if (param != NULL)
    tn_watch_raise (watch, -1,
                    _ ("With its %s %s hands on exactly what arrives: it does nothing. Take it "
                       "out, or set %s to what was meant."),
                    param, tn_node_name (watch->node), param)
        ->param
        = param;
  else if (source != NULL && tn_kind_is (watch->kind, "Flatten") && tn_kind_is (kind, "Flatten"))
    tn_watch_raise (watch, 0,
                    _ ("%s flattens what %s has flattened already: it does nothing and can be "
                       "taken out."),
                    tn_node_name (watch->node), tn_node_name (source));
}

/* ---- what nobody uses ---- */

gboolean
tn_applies_unused (const TnKind *kind)
{
  return kind->layer->schema.n_outputs > 0;
}

/* Is something in the model not wired yet? Then it is still being drawn. */
static gboolean
is_loose (TnWatch *watch)
{
  for (guint i = 0; watch->loose < 0 && i < tn_graph_size (watch->graph); i++)
    {
      const TnNode *node = tn_graph_node (watch->graph, i);

      for (guint slot = 0; slot < tn_node_n_inputs (node, 0); slot++)
        if (tn_node_input (node, 0, slot).node == TN_NODE_NONE && !tn_node_is_optional (node, slot))
          watch->loose = TRUE;
    }
  if (watch->loose < 0)
    watch->loose = FALSE;
  return watch->loose;
}

void
tn_check_unused (TnWatch *watch)
{
  gboolean input = tn_kind_is (watch->kind, "InputLayer");
  const TnRef *outputs;
  guint n_uses, n_outputs;

  tn_graph_uses (watch->graph, watch->index, &n_uses);
  if (n_uses > 0)
    return;
  if (tn_graph_outputs_declared (watch->graph))
    {
      outputs = tn_graph_outputs (watch->graph, &n_outputs);
      for (guint i = 0; i < n_outputs; i++)
        if (outputs[i].node == tn_node_id (watch->node))
          return;
    }
  else if (!input || tn_graph_size (watch->graph) == 1)
    return;
  if (is_loose (watch))
    return;
  if (input)
    tn_watch_raise (watch, -1,
                    _ ("Nothing reads %s, so the model asks for data that it does not use. Draw a "
                       "wire from it, or take it out."),
                    tn_node_name (watch->node));
  else
    tn_watch_raise (watch, -1,
                    _ ("Nothing uses what %s puts out, and it is not among the outputs of the "
                       "model: it is computed for nothing, and Keras leaves it out. Draw a wire "
                       "from it, or take it out."),
                    tn_node_name (watch->node));
}
