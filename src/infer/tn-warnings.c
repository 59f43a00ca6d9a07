/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of checks for warnings, and how they are made: once for each layer around which
 * something changed. */
#include "infer/tn-warnings-private.h"

#include <string.h>

static const TnCheck checks[] = {
  { "dropped-rows", tn_applies_dropped_rows, tn_check_dropped_rows },
  { "size-one", tn_applies_size_one, tn_check_size_one },
  { "size-zero", tn_applies_size_zero, tn_check_size_zero },
  { "broadcast", tn_applies_broadcast, tn_check_broadcast },
  { "batch-axis", tn_applies_batch_axis, tn_check_batch_axis },
  { "norm-one", tn_applies_norm_one, tn_check_norm_one },
  { "softmax-one", tn_applies_softmax_one, tn_check_softmax_one },
  { "loss-activation", tn_applies_loss_activation, tn_check_loss_activation },
  { "activation-twice", tn_applies_activation_twice, tn_check_activation_twice },
  { "linear-twice", tn_applies_linear_twice, tn_check_linear_twice },
  { "dropout-norm", tn_applies_dropout_norm, tn_check_dropout_norm },
  { "dropout-last", tn_applies_dropout_last, tn_check_dropout_last },
  { "embedding-floats", tn_applies_embedding_floats, tn_check_embedding_floats },
  { "same-twice", tn_applies_same_twice, tn_check_same_twice },
  { "no-effect", tn_applies_no_effect, tn_check_no_effect },
  { "unused", tn_applies_unused, tn_check_unused },
  { "dense-large", tn_applies_dense_large, tn_check_dense_large },
};

gboolean
tn_warnings_has (const char *code)
{
  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    if (strcmp (checks[i].code, code) == 0)
      return TRUE;
  return FALSE;
}

/* ---- kinds of layers ---- */

static const struct
{
  const char *type;
  const char *function;
} functions[] = {
  { "ReLU", "relu" }, { "LeakyReLU", "leaky_relu" }, { "PReLU", "prelu" },
  { "ELU", "elu" },   { "Softmax", "softmax" },      { "Sigmoid", "sigmoid" },
};

/* Does @type begin with one of these, which end with NULL? */
static gboolean
begins_with (const char *type, const char *const *stems)
{
  for (; *stems != NULL; stems++)
    if (g_str_has_prefix (type, *stems))
      return TRUE;
  return FALSE;
}

static void
find_params (TnKind *kind)
{
  const TnSchema *schema = &kind->layer->schema;
  int recurrent = -1;
  const struct
  {
    const char *name;
    int *index;
  } wanted[] = {
    { "activation", &kind->activation },     { "kernel_size", &kind->kernel },
    { "pool_size", &kind->kernel },          { "strides", &kind->strides },
    { "padding", &kind->padding },           { "dilation_rate", &kind->dilation },
    { "data_format", &kind->data_format },   { "axis", &kind->axis },
    { "recurrent_initializer", &recurrent },
  };

  for (guint i = 0; i < schema->n_params; i++)
    for (guint j = 0; j < G_N_ELEMENTS (wanted); j++)
      if (strcmp (schema->params[i].name, wanted[j].name) == 0)
        {
          *wanted[j].index = (int)i;
          break;
        }
  /* What these call so is but a part of what they do. */
  if (recurrent >= 0)
    kind->activation = kind->kernel = -1;
}

static TnKind *
kind_new (const TnSchema *schema)
{
  static const char *const dropouts[]
      = { "Dropout", "SpatialDropout", "GaussianDropout", "AlphaDropout", NULL };
  static const char *const keepers[] = {
    "Flatten", "Reshape", "Permute", "Identity", "ActivityRegularization", "InputLayer", NULL
  };
  TnKind *kind = g_new0 (TnKind, 1);

  kind->layer = (const TnLayer *)schema;
  kind->activation = kind->kernel = kind->strides = kind->padding = -1;
  kind->dilation = kind->data_format = kind->axis = -1;
  find_params (kind);
  if (kind->strides < 0 || kind->padding < 0 || strstr (schema->type, "Transpose") != NULL)
    kind->kernel = -1;
  kind->pooling = kind->kernel >= 0 && strcmp (schema->params[kind->kernel].name, "pool_size") == 0;
  kind->dropout = begins_with (schema->type, dropouts);
  kind->keeps = begins_with (schema->type, keepers);
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    if (strcmp (functions[i].type, schema->type) == 0)
      kind->function = functions[i].function;
  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    if (checks[i].applies (kind))
      kind->checks |= 1u << i;
  return kind;
}

const TnKind *
tn_watch_kind (TnWatch *watch, const TnNode *node)
{
  const TnSchema *schema = tn_node_schema (node);
  TnKind *kind = g_hash_table_lookup (watch->kinds, schema);

  if (kind == NULL)
    {
      kind = kind_new (schema);
      g_hash_table_insert (watch->kinds, (gpointer)schema, kind);
    }
  return kind;
}

const char *
tn_kind_function (const TnKind *kind, const TnNode *node)
{
  const char *name;

  if (kind->function != NULL)
    return kind->function;
  if (kind->activation < 0)
    return NULL;
  name = tn_node_string (node, (guint)kind->activation);
  return *name != '\0' ? name : "linear";
}

gboolean
tn_kind_is (const TnKind *kind, const char *type)
{
  return strcmp (kind->layer->schema.type, type) == 0;
}

gint64
tn_node_int_of (const TnNode *node, const char *name)
{
  int param = tn_schema_param (tn_node_schema (node), name);

  return param >= 0 ? tn_node_int (node, (guint)param) : 0;
}

/* ---- asking and telling ---- */

/* What there is in place of a shape that is not known. */
static const TnShape no_shape = { .rank = -1 };

const TnShape *
tn_watch_shape (const TnWatch *watch, TnRef ref)
{
  int index = tn_graph_index (watch->graph, ref.node);
  const TnCallFacts *call;

  if (index < 0 || ref.call >= watch->facts->nodes[index]->n_calls)
    return &no_shape;
  call = &watch->facts->nodes[index]->calls[ref.call];
  return call->state != TN_RESULT_NONE && ref.output < call->n_outputs ? &call->outputs[ref.output]
                                                                       : &no_shape;
}

const TnShape *
tn_watch_input (const TnWatch *watch, guint slot)
{
  return tn_watch_shape (watch, tn_node_input (watch->node, watch->call, slot));
}

const TnShape *
tn_watch_output (const TnWatch *watch)
{
  const TnCallFacts *call = &watch->facts->nodes[watch->index]->calls[watch->call];

  return call->n_outputs > 0 ? &call->outputs[0] : &no_shape;
}

const TnNode *
tn_watch_source (TnWatch *watch, guint slot, const TnKind **kind)
{
  const TnNode *source
      = tn_graph_find (watch->graph, tn_node_input (watch->node, watch->call, slot).node);

  *kind = source != NULL ? tn_watch_kind (watch, source) : NULL;
  return source;
}

TnRef
tn_watch_above (const TnWatch *watch, TnRef ref)
{
  const TnNode *node = tn_graph_find (watch->graph, ref.node);

  if (node == NULL || tn_node_n_calls (node) != 1)
    return (TnRef){ 0 };
  return tn_node_input (node, 0, 0);
}

TnIssue *
tn_watch_raise (TnWatch *watch, int slot, const char *format, ...)
{
  g_autofree char *message = NULL;
  TnIssue *issue;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  issue = tn_report_add (watch->report, TN_SEVERITY_WARNING, watch->check->code,
                         tn_node_id (watch->node), "%s", message);
  issue->call = (int)watch->call;
  issue->slot = slot;
  if (slot >= 0)
    issue->received = *tn_watch_input (watch, (guint)slot);
  return issue;
}

/* ---- one layer ---- */

/* Is everything known that arrives at a call and comes out of it, and none of it only assumed? */
static gboolean
is_told (const TnWatch *watch)
{
  const TnCallFacts *call = &watch->facts->nodes[watch->index]->calls[watch->call];

  return call->state == TN_RESULT_KNOWN && !call->assumed;
}

/* New, or NULL when nothing is to be said. */
static GPtrArray *
take_report (TnWatch *watch)
{
  GPtrArray *issues = NULL;

  if (tn_report_size (watch->report) == 0)
    return NULL;
  issues = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_issue_free);
  for (guint i = 0; i < tn_report_size (watch->report); i++)
    g_ptr_array_add (issues, tn_issue_copy (tn_report_issue (watch->report, i)));
  tn_report_free (watch->report);
  watch->report = tn_report_new ();
  return issues;
}

static GPtrArray *
look_at (TnWatch *watch, guint index)
{
  const TnNodeFacts *facts = watch->facts->nodes[index];

  if (facts->state == TN_STATE_WRONG || facts->state == TN_STATE_BLOCKED)
    return NULL;
  watch->index = index;
  watch->node = tn_graph_node (watch->graph, index);
  watch->kind = tn_watch_kind (watch, watch->node);
  for (guint32 left = watch->kind->checks; left != 0; left &= left - 1)
    {
      guint size = tn_report_size (watch->report);

      watch->check = &checks[__builtin_ctz (left)];
      /* Of several calls the first that gives rise to it is enough. */
      for (watch->call = 0; watch->call < facts->n_calls && tn_report_size (watch->report) == size;
           watch->call++)
        if (is_told (watch))
          watch->check->look (watch);
    }
  return take_report (watch);
}

/* ---- what may be taken over ---- */

/* Index of the node in the previous graph; -1: there was none. Nearly always the same. */
static int
index_before (const TnFacts *previous, TnNodeId id, guint guess)
{
  if (guess < tn_graph_size (previous->graph)
      && tn_node_id (tn_graph_node (previous->graph, guess)) == id)
    return (int)guess;
  return tn_graph_index (previous->graph, id);
}

/* Was anything else known of the node at @index before, or used it something more or less? */
static gboolean
is_changed (const TnFacts *facts, const TnFacts *previous, guint index, int before)
{
  guint n_uses, n_before;

  if (before < 0 || facts->nodes[index] != previous->nodes[before])
    return TRUE;
  tn_graph_uses (facts->graph, index, &n_uses);
  tn_graph_uses (previous->graph, (guint)before, &n_before);
  return n_uses != n_before;
}

static gboolean
same_outputs (const TnGraph *a, const TnGraph *b)
{
  const TnRef *left, *right;
  guint n_left, n_right;

  if (!tn_graph_outputs_declared (a) && !tn_graph_outputs_declared (b))
    return TRUE; /* then uses tell it all */
  left = tn_graph_outputs (a, &n_left);
  right = tn_graph_outputs (b, &n_right);
  if (tn_graph_outputs_declared (a) != tn_graph_outputs_declared (b) || n_left != n_right)
    return FALSE;
  for (guint i = 0; i < n_left; i++)
    if (!tn_ref_equal (left[i], right[i]))
      return FALSE;
  return TRUE;
}

/* Checks look TN_WATCH_REACH layers up, but only one down. So what a layer gives rise to is the
 * same as before if nothing so near above it and nothing right behind it changed. */
typedef struct
{
  const TnFacts *facts, *previous;
  guint8 *changed; /* by index: it itself */
  guint8 *stirred; /* how many layers further down that something above it changed still matters */
} Change;

static guint8
stirred_by (const Change *change, guint index)
{
  const TnGraph *graph = change->facts->graph;
  const TnNode *node = tn_graph_node (graph, index);
  guint8 most = 0;

  /* The calls of a layer with several do not stand together in the order of computation. */
  if (change->changed[index] || tn_node_n_calls (node) != 1)
    return TN_WATCH_REACH + 2;
  for (guint slot = 0; slot < tn_node_n_inputs (node, 0); slot++)
    {
      int source = tn_graph_index (graph, tn_node_input (node, 0, slot).node);

      if (source >= 0 && change->stirred[source] > most)
        most = change->stirred[source];
    }
  return most > 0 ? most - 1 : 0;
}

/* The warnings of before, or nothing, hold for the node at @index. */
static gboolean
still_holds (const Change *change, guint index)
{
  guint n_uses;
  const TnGraphUse *uses = tn_graph_uses (change->facts->graph, index, &n_uses);

  /* What is said of these depends on the model as a whole. */
  if (n_uses == 0 || change->facts->nodes[index]->params > TN_WATCH_LARGE)
    return FALSE;
  for (guint i = 0; i < n_uses; i++)
    if (change->changed[uses[i].index])
      return FALSE;
  return TRUE;
}

static void
look_at_changed (TnWatch *watch, TnFacts *facts, const TnFacts *previous)
{
  guint size = tn_graph_size (facts->graph);
  g_autofree guint8 *flags = g_new0 (guint8, 2 * (gsize)size);
  Change change = { facts, previous, flags, flags + size };

  for (guint i = 0; i < size; i++)
    change.changed[i]
        = is_changed (facts, previous, i,
                      index_before (previous, tn_node_id (tn_graph_node (facts->graph, i)), i));
  for (guint position = 0; position < tn_graph_n_steps (facts->graph); position++)
    {
      TnGraphStep step = tn_graph_step (facts->graph, position);

      if (step.call > 0)
        continue;
      change.stirred[step.index] = stirred_by (&change, step.index);
      if (change.stirred[step.index] > 0 || !still_holds (&change, step.index))
        facts->warnings[step.index] = look_at (watch, step.index);
      else
        {
          TnNodeId id = tn_node_id (tn_graph_node (facts->graph, step.index));
          GPtrArray *before = previous->warnings[index_before (previous, id, step.index)];

          facts->warnings[step.index] = before != NULL ? g_ptr_array_ref (before) : NULL;
        }
    }
}

void
tn_warnings_find (TnFacts *facts, const TnFacts *previous)
{
  TnWatch watch = { .facts = facts,
                    .graph = facts->graph,
                    .kinds = g_hash_table_new_full (NULL, NULL, NULL, g_free),
                    .report = tn_report_new (),
                    .loose = -1 };

  if (previous != NULL && same_outputs (facts->graph, previous->graph))
    look_at_changed (&watch, facts, previous);
  else
    for (guint i = 0; i < tn_graph_size (facts->graph); i++)
      facts->warnings[i] = look_at (&watch, i);
  g_hash_table_unref (watch.kinds);
  tn_report_free (watch.report);
}
