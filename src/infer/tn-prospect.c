/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What would come of a layer that is put at a place, before it is put there. */
#include "infer/tn-prospect.h"

#include <string.h>

#include "graph/tn-active.h"
#include "graph/tn-draft.h"

#define MAX_SLOTS 32

void
tn_prospect_clear (TnProspect *prospect)
{
  g_clear_pointer (&prospect->reason, g_free);
}

/* ---- what usually follows what ---- */

/* Classes, an x being the number of axes between batch and channels. The first row that names a
 * class counts. */
static const struct
{
  const char *before;
  const char *after;
} usual[] = {
  { "InputLayer Rescaling Normalization Resizing RandomFlip RandomRotation RandomZoom",
    "ConvxD Dense Embedding LSTM Rescaling Normalization MultiHeadAttention Flatten" },
  { "ConvxD SeparableConvxD DepthwiseConvxD ConvxDTranspose",
    "BatchNormalization Activation ReLU MaxPoolingxD ConvxD Dropout SpatialDropoutxD "
    "AveragePoolingxD GlobalAveragePoolingxD UpSamplingxD ConvxDTranspose Flatten Add "
    "Concatenate" },
  { "BatchNormalization LayerNormalization GroupNormalization RMSNormalization UnitNormalization",
    "Activation ReLU ConvxD MaxPoolingxD MultiHeadAttention Dense LSTM Dropout "
    "GlobalAveragePoolingxD Flatten Add" },
  { "Activation ReLU LeakyReLU PReLU ELU Softmax",
    "MaxPoolingxD ConvxD Dropout GlobalAveragePoolingxD Flatten Dense Add Concatenate Target" },
  { "MaxPoolingxD AveragePoolingxD",
    "ConvxD Flatten Dropout BatchNormalization GlobalAveragePoolingxD SeparableConvxD LSTM" },
  { "GlobalAveragePoolingxD GlobalMaxPoolingxD Flatten",
    "Dense Dropout BatchNormalization Activation" },
  { "Dense EinsumDense", "Dropout Dense Activation BatchNormalization Softmax Reshape Target" },
  { "Dropout SpatialDropoutxD", "Dense ConvxD Flatten LSTM Add MaxPoolingxD" },
  { "UpSamplingxD ConvxDTranspose ZeroPaddingxD CroppingxD Reshape",
    "Concatenate ConvxD BatchNormalization Activation Dense LSTM" },
  { "Embedding",
    "LSTM Bidirectional GRU MultiHeadAttention ConvxD GlobalAveragePoolingxD SpatialDropoutxD "
    "Dropout Add Flatten" },
  { "LSTM GRU SimpleRNN Bidirectional RNN",
    "Dense Dropout LSTM GRU Bidirectional LayerNormalization TimeDistributed RepeatVector" },
  { "MultiHeadAttention GroupQueryAttention Attention AdditiveAttention",
    "Add Dropout LayerNormalization GlobalAveragePoolingxD Dense" },
  { "Add Subtract Multiply Average Maximum Minimum Concatenate Dot",
    "Activation ReLU ConvxD LayerNormalization BatchNormalization Dense MaxPoolingxD Dropout "
    "GlobalAveragePoolingxD Flatten" },
};

/* Is @type (to @end, or the next space) the class @name, where an x stands for any digit? */
static gboolean
is_class (const char *type, const char *name)
{
  for (; *name != '\0'; type++, name++)
    if (*type != *name && !(*type == 'x' && g_ascii_isdigit (*name)))
      return FALSE;
  return *type == ' ' || *type == '\0';
}

/* The place of @name in the list, G_MAXUINT when it has none. */
static guint
place_in (const char *list, const char *name)
{
  guint place = 0;

  for (const char *type = list; type != NULL; place++)
    {
      if (is_class (type, name))
        return place;
      type = strchr (type, ' ');
      type = type != NULL ? type + 1 : NULL;
    }
  return G_MAXUINT;
}

static guint
usual_after (const char *before, const char *after)
{
  for (guint i = 0; i < G_N_ELEMENTS (usual); i++)
    if (place_in (usual[i].before, before) != G_MAXUINT)
      return place_in (usual[i].after, after);
  return G_MAXUINT;
}

guint
tn_spot_usual (const TnSpot *spot, const TnLayer *layer)
{
  const TnGraph *graph = tn_facts_whole (spot->facts);
  const TnNode *from = tn_graph_find (graph, spot->from.node);
  const TnNode *to = tn_graph_find (graph, spot->to);

  if (from != NULL)
    return usual_after (tn_node_schema (from)->type, layer->schema.type);
  if (to != NULL)
    return usual_after (layer->schema.type, tn_node_schema (to)->type);
  /* Of an empty model it is the beginning. */
  if (tn_graph_size (graph) == 0)
    return layer->schema.max_inputs == 0 ? 0 : G_MAXUINT;
  return G_MAXUINT;
}

/* ---- running rules ---- */

/* The layer as it is placed: required parameters have what is suggested. */
static const TnNode *
placed (TnDraft *draft, const TnLayer *layer)
{
  TnNodeId id = tn_draft_add (draft, &layer->schema, NULL, TRUE, NULL);

  return id != TN_NODE_NONE ? tn_draft_find (draft, id) : NULL;
}

/* FALSE: an error was raised. */
static gboolean
run (const TnNode *node, TnDenseInputs dense_inputs, guint call, const TnShape *inputs,
     const char *const *sources, guint n_inputs, TnShape *output, char **reason)
{
  g_autoptr (TnReport) report = tn_report_new ();
  TnLayerResult result = { .state = TN_RESULT_NONE };
  gboolean good = TRUE;

  tn_layer_apply (node, dense_inputs, call, inputs, sources, n_inputs, &result, report);
  if (output != NULL)
    *output = result.state != TN_RESULT_NONE && result.n_outputs > 0 ? result.outputs[0]
                                                                     : tn_shape_none ();
  for (guint i = 0; i < tn_report_size (report) && good; i++)
    if (tn_report_issue (report, i)->severity != TN_SEVERITY_WARNING)
      {
        good = FALSE;
        if (reason != NULL)
          *reason = g_strdup (tn_report_issue (report, i)->message);
      }
  tn_layer_result_clear (&result);
  return good;
}

TnShape
tn_spot_shape (const TnSpot *spot)
{
  if (spot->from.node == TN_NODE_NONE)
    return tn_shape_none ();
  return tn_facts_seen_shape (spot->facts, spot->from, NULL);
}

gboolean
tn_spot_takes (const TnSpot *spot, const char *name, const TnShape *shape, char **reason)
{
  const TnGraph *graph = tn_facts_graph (spot->facts);
  int index = tn_graph_index (graph, spot->to);
  const TnNode *node = index >= 0 ? tn_graph_node (graph, (guint)index) : NULL;
  const char *sources[MAX_SLOTS];
  TnShape inputs[MAX_SLOTS];
  guint n_inputs, call = spot->call, at = spot->slot;

  if (node == NULL || !tn_shape_is_some (shape))
    return TRUE;
  /* A slot that nothing is wired to has no other number. */
  tn_graph_to_active (tn_facts_whole (spot->facts), spot->to, &call, &at);
  if (call >= tn_node_n_calls (node) || at >= MAX_SLOTS)
    return TRUE;
  n_inputs = MIN (tn_node_n_shaping (node, call), MAX_SLOTS);
  for (guint slot = 0; slot < MAX (n_inputs, at + 1); slot++)
    {
      const TnNode *source = NULL;

      inputs[slot] = slot < n_inputs ? tn_facts_input (spot->facts, (guint)index, call, slot)
                                     : tn_shape_none ();
      if (slot < n_inputs)
        source = tn_graph_find (graph, tn_node_input (node, call, slot).node);
      sources[slot] = source != NULL ? tn_node_name (source) : "";
      if (slot == at)
        {
          inputs[slot] = *shape;
          sources[slot] = name;
        }
      /* What else it needs is not there, or not known: then it cannot be asked. */
      else if (!tn_shape_is_some (&inputs[slot])
               && (source != NULL || !tn_node_is_optional (node, slot)))
        return TRUE;
    }
  n_inputs = MAX (n_inputs, at + 1);
  if (n_inputs < tn_node_schema (node)->min_inputs)
    return TRUE;
  return run (node, tn_graph_dense_inputs (graph), call, inputs, sources, n_inputs, NULL, reason);
}

/* ---- the three kinds of places ---- */

static void
judge_end (const TnSpot *spot, const TnNode *node, TnProspect *prospect)
{
  if (prospect->kind != TN_PROSPECT_REFUSES
      && !tn_spot_takes (spot, tn_node_name (node), &prospect->shape, &prospect->reason))
    prospect->kind = TN_PROSPECT_REFUSES;
}

/* Fed with a tensor. */
static void
look_after (const TnSpot *spot, const TnNode *node, TnProspect *prospect)
{
  const TnGraph *graph = tn_facts_graph (spot->facts);
  const TnSchema *schema = tn_node_schema (node);
  const guint n_inputs = MAX (schema->min_inputs, 1);
  const char *sources[MAX_SLOTS];
  TnShape inputs[MAX_SLOTS];
  const TnNode *source = tn_graph_find (tn_facts_whole (spot->facts), spot->from.node);
  TnShape shape = tn_spot_shape (spot);

  if (!tn_shape_is_some (&shape))
    {
      prospect->kind = TN_PROSPECT_UNKNOWN;
      return;
    }
  /* Such as tell their inputs apart get the one tensor as all they need (self-attention); of such
   * as join several it is the first, the others being like it. */
  if (tn_schema_joins (schema) || (n_inputs > 1 && schema->input_names == NULL))
    prospect->kind = TN_PROSPECT_OPEN;
  for (guint slot = 0; slot < MIN (n_inputs, MAX_SLOTS); slot++)
    {
      inputs[slot] = shape;
      sources[slot] = source != NULL ? tn_node_name (source) : "";
    }
  if (!run (node, tn_graph_dense_inputs (graph), 0, inputs, sources, MIN (n_inputs, MAX_SLOTS),
            &prospect->shape, &prospect->reason))
    prospect->kind = TN_PROSPECT_REFUSES;
  judge_end (spot, node, prospect);
}

/* Tries a shape for what data enters by. */
static gboolean
try_source (const TnSpot *spot, const TnNode *node, const TnShape *shape, TnProspect *prospect)
{
  g_free (g_steal_pointer (&prospect->reason));
  prospect->kind = tn_spot_takes (spot, tn_node_name (node), shape, &prospect->reason)
                       ? TN_PROSPECT_FITS
                       : TN_PROSPECT_REFUSES;
  prospect->shape = prospect->input = *shape;
  return prospect->kind == TN_PROSPECT_FITS;
}

/* Data that enters there: of the usual shape, of what the others have that are joined there, or of
 * another number of axes. */
static void
look_source (const TnSpot *spot, const TnNode *node, TnProspect *prospect)
{
  static const gint64 others[][5] = { { TN_DIM_UNKNOWN, 64 },
                                      { TN_DIM_UNKNOWN, 100, 64 },
                                      { TN_DIM_UNKNOWN, 64, 64, 3 },
                                      { TN_DIM_UNKNOWN, 16, 64, 64, 3 } };
  static const int ranks[] = { 2, 3, 4, 5 };
  const TnGraph *graph = tn_facts_graph (spot->facts);
  int index = tn_graph_index (graph, spot->to);
  TnShape own;

  run (node, tn_graph_dense_inputs (graph), 0, NULL, NULL, 0, &own, NULL);
  for (guint slot = 0;
       index >= 0 && slot < tn_node_n_inputs (tn_graph_node (graph, (guint)index), 0); slot++)
    {
      TnShape shape = tn_facts_input (spot->facts, (guint)index, spot->call, slot);

      if (slot != spot->slot && tn_shape_is_some (&shape)
          && try_source (spot, node, &shape, prospect))
        return;
    }
  if (try_source (spot, node, &own, prospect))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (ranks); i++)
    {
      TnShape shape = tn_shape_new (others[i], ranks[i]);

      if (try_source (spot, node, &shape, prospect))
        return;
    }
  try_source (spot, node, &own, prospect);
}

/* Fed with tensors of @shape: what comes out, and does it do there? Why it does not is told rather
 * by what is there. */
static gboolean
try_inputs (const TnSpot *spot, const TnNode *node, const TnShape *shape, TnProspect *prospect)
{
  const guint n_inputs = MIN (MAX (tn_node_schema (node)->min_inputs, 1), MAX_SLOTS);
  const char *sources[MAX_SLOTS];
  TnShape inputs[MAX_SLOTS];
  g_autofree char *reason = NULL;
  TnShape output;

  for (guint slot = 0; slot < n_inputs; slot++)
    {
      sources[slot] = "";
      inputs[slot] = *shape;
    }
  if (run (node, tn_graph_dense_inputs (tn_facts_graph (spot->facts)), 0, inputs, sources, n_inputs,
           &output, &reason)
      && tn_shape_is_some (&output))
    {
      /* With the fewest sizes that say something. */
      if (!tn_shape_is_some (&prospect->shape) || prospect->shape.rank != output.rank)
        prospect->shape = output;
      if (tn_spot_takes (spot, tn_node_name (node), &output, &reason))
        return TRUE;
      g_free (g_steal_pointer (&prospect->reason));
    }
  if (prospect->reason == NULL)
    prospect->reason = g_steal_pointer (&reason);
  return FALSE;
}

/* Before an input, fed with nothing yet: is there a number of axes with which it would do? Sizes
 * are left open, which must not be where weights hang on them: then some are tried. */
static void
look_before (const TnSpot *spot, const TnNode *node, TnProspect *prospect)
{
  static const gint64 sizes[] = { TN_DIM_UNKNOWN, 64, 64, 64, 64 };
  static const gint64 none[] = { -1, -1, -1, -1, -1 };

  for (int rank = 2; rank <= 5; rank++)
    {
      TnShape open = tn_shape_new (none, rank), channels = open;
      TnShape sized = tn_shape_new (sizes, rank);

      channels.dims[rank - 1] = tn_dim (sizes[1]);
      if (try_inputs (spot, node, &open, prospect) || try_inputs (spot, node, &channels, prospect)
          || try_inputs (spot, node, &sized, prospect))
        {
          g_clear_pointer (&prospect->reason, g_free);
          return;
        }
    }
  prospect->kind = TN_PROSPECT_REFUSES;
  prospect->shape = tn_shape_none ();
}

gboolean
tn_prospect_layer (const TnSpot *spot, const TnLayer *layer, TnProspect *prospect)
{
  const TnSchema *schema = &layer->schema;
  const gboolean fed = spot->from.node != TN_NODE_NONE, feeds = spot->to != TN_NODE_NONE;
  g_autoptr (TnDraft) draft = NULL;
  const TnNode *node;

  *prospect = (TnProspect){ .kind = TN_PROSPECT_FITS,
                            .shape = tn_shape_none (),
                            .input = tn_shape_none () };
  if (layer->hidden || (fed && schema->max_inputs == 0) || (feeds && schema->n_outputs == 0))
    return FALSE;
  draft = tn_draft_new (NULL);
  node = placed (draft, layer);
  if (node == NULL)
    return FALSE;
  prospect->usual = tn_spot_usual (spot, layer);
  if (fed)
    look_after (spot, node, prospect);
  else if (schema->max_inputs == 0 && feeds)
    look_source (spot, node, prospect);
  else if (feeds)
    look_before (spot, node, prospect);
  else if (schema->max_inputs == 0)
    run (node, TN_DENSE_FLAT, 0, NULL, NULL, 0, &prospect->shape, NULL);
  return TRUE;
}
