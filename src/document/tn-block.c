/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of ready-made blocks, which are resources of the program, and how they are fitted. */
#include "document/tn-block.h"

#include <string.h>

#include "base/tn-i18n.h"
#include "formats/tn-format.h"
#include "graph/tn-draft.h"
#include "scene/tn-scene.h"

static const TnBlock blocks[] = {
  { "conv-bn-relu", N_ ("Conv – BN – ReLU"),
    N_ ("A convolution, batch normalization and relu: the usual step of a convolutional network."),
    N_ ("conv convolution batchnorm relu step"), "ConvBNReLU Conv2dNormActivation",
    "tenon-layer-conv2d-symbolic" },
  { "double-conv-pool", N_ ("Two convolutions and a pooling"),
    N_ ("Two convolutions that keep the size and a pooling that halves it, as VGG stacks them."),
    N_ ("conv convolution pool vgg stage"), "VGG", "tenon-layer-pool-symbolic" },
  { "residual", N_ ("Residual block"),
    N_ ("Two convolutions whose result is added to what came in; the shape stays the same."),
    N_ ("resnet skip identity shortcut add"), "ResNet BasicBlock ResBlock",
    "tenon-layer-add-symbolic" },
  { "residual-projection", N_ ("Residual block, half size"),
    N_ ("A residual block that halves the size and doubles the channels; a convolution brings the "
        "shortcut to the same shape."),
    N_ ("resnet skip projection shortcut downsample stride"), "ResNet",
    "tenon-layer-add-symbolic" },
  { "bottleneck", N_ ("Bottleneck residual block"),
    N_ ("A residual block that works on a quarter of the channels, as in the deep residual "
        "networks."),
    N_ ("resnet50 skip identity shortcut pointwise"), "Bottleneck", "tenon-layer-add-symbolic" },
  { "inception", N_ ("Inception block"),
    N_ ("Windows of several sizes side by side, joined along the channels."),
    N_ ("googlenet branches parallel concatenate multi-scale"), "GoogLeNet",
    "tenon-layer-concatenate-symbolic" },
  { "depthwise-separable", N_ ("Depthwise separable convolution"),
    N_ ("A convolution of each channel by itself and one across channels, as MobileNet has it."),
    N_ ("mobilenet depthwise pointwise conv efficient"), NULL, "tenon-layer-conv2d-symbolic" },
  { "squeeze-excite", N_ ("Squeeze and excite"),
    N_ ("Weighs the channels by what all of the image says."),
    N_ ("channel attention gate efficientnet multiply"), "SE SENet SqueezeExcitation",
    "tenon-layer-attention-symbolic" },
  { "unet-down", N_ ("U-Net step down"),
    N_ ("Two convolutions that double the channels, then a pooling; wire the second one to the "
        "step up on the same level as well."),
    N_ ("unet encoder contract segmentation"), NULL, "tenon-layer-pool-symbolic" },
  { "unet-up", N_ ("U-Net step up"),
    N_ ("Doubles the size and joins it with what the step down of the same level gave, then two "
        "convolutions."),
    N_ ("unet decoder expand skip segmentation concatenate upsample"), NULL,
    "tenon-layer-concatenate-symbolic" },
  { "unet", N_ ("Small U-Net"),
    N_ ("Two steps down, two steps up and the shortcuts between; the size must be a multiple of "
        "4."),
    N_ ("unet encoder decoder segmentation skip"), "UNet", "tenon-layer-concatenate-symbolic" },
  { "mlp-head", N_ ("Classifier with a hidden layer"),
    N_ ("Flatten, a Dense, dropout and a Dense with softmax: from features to ten classes."),
    N_ ("mlp head dense classifier fully connected softmax"), "MLP", "tenon-layer-dense-symbolic" },
  { "pooled-head", N_ ("Classifier on pooled features"),
    N_ ("The mean of every channel and a Dense with softmax: from images of any size to ten "
        "classes."),
    N_ ("gap head classifier global average pooling softmax"), NULL, "tenon-layer-dense-symbolic" },
  { "transformer-encoder", N_ ("Transformer encoder block"),
    N_ ("Self-attention and a small network for each step, each with a shortcut and layer "
        "normalization."),
    N_ ("attention bert vit feed-forward multi-head"), "TransformerEncoderLayer EncoderBlock",
    "tenon-layer-attention-symbolic" },
  { "lstm-stack", N_ ("Two stacked LSTM"),
    N_ ("An LSTM that gives all steps, dropout, and an LSTM that gives the last one."),
    N_ ("recurrent rnn sequence stacked deep"), NULL, "tenon-layer-recurrent-symbolic" },
  { NULL },
};

const TnBlock *
tn_blocks (void)
{
  return blocks;
}

const TnBlock *
tn_block_find (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  for (const TnBlock *block = blocks; block->name != NULL; block++)
    if (strcmp (block->name, name) == 0)
      return block;
  return NULL;
}

TnGraph *
tn_block_read (const TnBlock *block, GError **error)
{
  TnFormat format;
  g_autofree char *path = g_strdup_printf ("/org/tenonapp/Tenon/blocks/%s.tenon", block->name);
  g_autoptr (GBytes) bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);

  return bytes != NULL ? tn_format_parse (bytes, block->name, &format, error) : NULL;
}

/* ---- fitting ---- */

/* What the file says of @node under @key; NULL: nothing. */
static const TnValue *
note (const TnGraph *block, const char *key, const TnNode *node)
{
  const TnValue *notes = tn_value_lookup (tn_graph_extras (block), "tenon");

  return tn_value_lookup (tn_value_lookup (notes, key), tn_node_name (node));
}

static gboolean
lists (const TnValue *list, const char *text, int number)
{
  for (gsize i = 0; i < tn_value_size (list); i++)
    {
      const TnValue *item = tn_value_at (list, i);

      if (tn_value_kind (item) == TN_VALUE_STRING ? g_strcmp0 (tn_value_string (item), text) == 0
                                                  : tn_value_int (item) == number)
        return TRUE;
    }
  return FALSE;
}

/* "Conv2D" for so many axes with batch and channels: "Conv1D". NULL: there is none. */
static const TnLayer *
layer_for_rank (const TnLayer *layer, int block_rank, int rank)
{
  g_autofree char *type = g_strdup (layer->schema.type);
  const char from[] = { (char)('0' + block_rank - 2), 'D', '\0' };
  char *digit = strstr (type, from);

  if (rank == block_rank || digit == NULL)
    return layer;
  *digit = (char)('0' + rank - 2);
  return rank >= 3 && rank <= 5 ? tn_layer_find (type) : NULL;
}

/* A value for images as one for another number of axes: of equal numbers one stands for all. */
static TnValue *
value_for_rank (const TnValue *value, gboolean exchanged)
{
  if (!exchanged || tn_value_kind (value) != TN_VALUE_LIST || tn_value_size (value) == 0)
    return tn_value_ref (value);
  for (gsize i = 1; i < tn_value_size (value); i++)
    if (!tn_value_equal (tn_value_at (value, i), tn_value_at (value, 0)))
      return tn_value_ref (value);
  return tn_value_ref (tn_value_at (value, 0));
}

/* Keeps the ratio that @value has to the block's channels. */
static TnValue *
in_proportion (const TnValue *value, gint64 before, gint64 channels)
{
  double scaled = (double)tn_value_int (value) * (double)channels / (double)before;

  return tn_value_new_int ((gint64)CLAMP (scaled + 0.5, 1, G_MAXINT32));
}

typedef struct
{
  const TnGraph *block;
  TnDraft *draft;
  GHashTable *made;      /* TnNodeId → TnNodeId; of what is left out what fed it */
  TnShape before, shape; /* with the channels last */
  gboolean channels_first;
} Fit;

static TnRef
made_ref (const Fit *fit, TnRef ref)
{
  ref.node = GPOINTER_TO_UINT (g_hash_table_lookup (fit->made, GUINT_TO_POINTER (ref.node)));
  return ref;
}

static gint64
channels_of (const TnShape *shape)
{
  return shape->rank > 0 ? shape->dims[shape->rank - 1].size : TN_DIM_UNKNOWN;
}

static void
set_params (const Fit *fit, const TnNode *node, TnNodeId id, gboolean exchanged)
{
  const TnSchema *schema = tn_node_schema (node);
  const TnValue *adapt = note (fit->block, "adapt", node);
  const gint64 before = channels_of (&fit->before), channels = channels_of (&fit->shape);

  for (guint i = 0; i < schema->n_params; i++)
    {
      const TnValue *value = tn_node_get (node, i);
      int param = tn_schema_param (tn_node_schema (tn_draft_find (fit->draft, id)),
                                   schema->params[i].name);
      g_autoptr (TnValue) fitted = NULL;

      if (value == NULL || param < 0)
        continue;
      if (lists (adapt, schema->params[i].name, 0) && before > 0 && channels > 0
          && tn_value_kind (value) == TN_VALUE_INT)
        fitted = in_proportion (value, before, channels);
      else
        fitted = value_for_rank (value, exchanged);
      tn_draft_set (fit->draft, id, (guint)param, fitted, FALSE, NULL);
    }
}

/* The layer takes, or works along, the channels where they are. */
static void
turn_channels (const Fit *fit, TnNodeId id)
{
  const TnNode *node = tn_draft_find (fit->draft, id);
  const int format = tn_schema_param (tn_node_schema (node), "data_format");
  const int axis = tn_schema_param (tn_node_schema (node), "axis");
  g_autoptr (TnValue) first = tn_value_new_string ("channels_first");
  g_autoptr (TnValue) second = tn_value_new_int (1);
  g_autoptr (TnValue) along = axis >= 0 ? tn_node_value (node, (guint)axis) : NULL;

  if (along != NULL && tn_value_kind (along) == TN_VALUE_INT && tn_value_int (along) == -1)
    tn_draft_set (fit->draft, id, (guint)axis, second, FALSE, NULL);
  if (format >= 0)
    tn_draft_set (fit->draft, id, (guint)format, first, FALSE, NULL);
}

/* The last axis of a shape as its second one, or the second one as the last. */
static TnShape
with_channels (const TnShape *shape, gboolean first)
{
  TnShape turned = *shape;

  for (int axis = 1; axis < shape->rank; axis++)
    if (first)
      turned.dims[axis] = shape->dims[axis == 1 ? shape->rank - 1 : axis - 1];
    else
      turned.dims[axis] = shape->dims[axis == shape->rank - 1 ? 1 : axis + 1];
  return turned;
}

/* One layer of the block. FALSE: there is none of its kind for so many axes. */
static gboolean
add_layer (Fit *fit, const TnNode *node)
{
  const TnLayer *layer = layer_for_rank (tn_layer_of (node), fit->before.rank, fit->shape.rank);
  const TnValue *ranks = note (fit->block, "ranks", node);
  TnNodeId id;

  if (ranks != NULL && !lists (ranks, NULL, fit->shape.rank))
    {
      TnRef source = made_ref (fit, tn_node_input (node, 0, 0));

      g_hash_table_insert (fit->made, GUINT_TO_POINTER (tn_node_id (node)),
                           GUINT_TO_POINTER (source.node));
      return TRUE;
    }
  if (layer == NULL)
    return FALSE;
  id = tn_draft_add (fit->draft, &layer->schema,
                     layer == tn_layer_of (node) ? tn_node_name (node) : NULL, FALSE, NULL);
  g_hash_table_insert (fit->made, GUINT_TO_POINTER (tn_node_id (node)), GUINT_TO_POINTER (id));
  set_params (fit, node, id, layer != tn_layer_of (node));
  if (fit->channels_first)
    turn_channels (fit, id);
  for (guint slot = 0; slot < tn_node_n_inputs (node, 0); slot++)
    {
      TnRef source = made_ref (fit, tn_node_input (node, 0, slot));

      if (source.node != TN_NODE_NONE)
        tn_draft_connect (fit->draft, source, id, 0, slot, NULL);
    }
  return TRUE;
}

/* @here, where the block's own has @before, in the proportion of @other to that. */
static TnDim
dim_like (TnDim here, TnDim before, TnDim other)
{
  if (!tn_dim_is_known (here) || before.size <= 0 || !tn_dim_is_known (other))
    return tn_dim (TN_DIM_UNKNOWN);
  return tn_dim ((gint64)((double)here.size * (double)other.size / (double)before.size));
}

/* The shape of an InputLayer of the block: of the first the one that arrives, of the others one
 * that is to it as in the block. */
static void
set_input (const Fit *fit, const TnNode *node, TnNodeId id)
{
  const int param = tn_schema_param (tn_node_schema (node), "batch_shape");
  const int last = fit->shape.rank - 1;
  g_autoptr (TnValue) value = NULL;
  TnShape own, shape = fit->shape;

  if (!tn_node_dims (node, (guint)param, &own) || own.rank != fit->before.rank || last < 1)
    return;
  for (int axis = 1; axis <= last; axis++)
    {
      const int like = axis < last ? 1 : own.rank - 1;

      shape.dims[axis] = dim_like (shape.dims[axis], fit->before.dims[like], own.dims[like]);
    }
  if (fit->channels_first)
    shape = with_channels (&shape, TRUE);
  value = tn_shape_to_value (&shape);
  tn_draft_set (fit->draft, id, (guint)param, value, FALSE, NULL);
}

static gboolean
has_format (const TnGraph *block)
{
  for (guint i = 0; i < tn_graph_size (block); i++)
    if (tn_schema_param (tn_node_schema (tn_graph_node (block, i)), "data_format") >= 0)
      return TRUE;
  return FALSE;
}

/* The InputLayer through which the tensor at hand comes in. */
static const TnNode *
first_input (const TnGraph *block)
{
  for (guint i = 0; i < tn_graph_size (block); i++)
    if (tn_node_is_source (tn_graph_node (block, i)))
      return tn_graph_node (block, i);
  return NULL;
}

TnGraph *
tn_block_fit (const TnGraph *block, const TnShape *shape, gboolean channels_first)
{
  const TnNode *input = first_input (block);
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  g_autoptr (GHashTable) made = g_hash_table_new (NULL, NULL);
  g_autoptr (GArray) outputs = g_array_new (FALSE, FALSE, sizeof (TnRef));
  Fit fit = { .block = block, .draft = draft, .made = made, .shape = *shape };
  const TnRef *refs;
  guint n_refs;

  g_return_val_if_fail (input != NULL, NULL);
  fit.channels_first
      = channels_first && has_format (block) && (!tn_shape_is_some (shape) || shape->rank > 2);
  if (!tn_shape_is_some (shape) && !fit.channels_first)
    return tn_graph_ref (block);
  tn_node_dims (input, (guint)tn_schema_param (tn_node_schema (input), "batch_shape"), &fit.before);
  if (!tn_shape_is_some (shape))
    fit.shape = fit.before;
  else if (fit.channels_first)
    fit.shape = with_channels (shape, FALSE);
  tn_draft_set_name (draft, tn_graph_name (block));
  tn_draft_set_dense_inputs (draft, tn_graph_dense_inputs (block));
  for (guint i = 0; i < tn_graph_n_steps (block); i++)
    {
      const TnNode *node = tn_graph_node (block, tn_graph_step (block, i).index);
      TnNodeId id;

      if (!add_layer (&fit, node))
        return NULL;
      id = made_ref (&fit, (TnRef){ tn_node_id (node), 0, 0 }).node;
      if (tn_node_is_source (node))
        set_input (&fit, node, id);
    }
  refs = tn_graph_outputs (block, &n_refs);
  for (guint i = 0; i < n_refs; i++)
    {
      TnRef ref = made_ref (&fit, refs[i]);

      g_array_append_val (outputs, ref);
    }
  tn_draft_set_outputs (draft, (const TnRef *)(gpointer)outputs->data, outputs->len);
  return tn_draft_finish (draft);
}

TnGraph *
tn_block_fit_spot (const TnGraph *block, const TnSpot *spot)
{
  const TnShape shape = tn_spot_shape (spot);

  return tn_block_fit (block, &shape, tn_spot_channels_first (spot));
}

TnGraph *
tn_block_lay_out (const TnGraph *block, TnDirection direction)
{
  g_autoptr (TnDraft) draft = tn_draft_new (block);
  g_autoptr (TnGraph) turned = NULL;
  g_autoptr (TnFacts) facts = NULL;

  tn_draft_set_direction (draft, direction);
  turned = tn_draft_finish (draft);
  /* To the right, there is to be room for the shapes. */
  facts = tn_infer (turned, NULL, NULL);
  return tn_layout_arrange (turned, &(TnArrangement){ .direction = direction, .facts = facts });
}

/* ---- what would come of it ---- */

static guint
count_inputs (const TnGraph *block)
{
  guint n_inputs = 0;

  for (guint i = 0; i < tn_graph_size (block); i++)
    n_inputs += tn_node_is_source (tn_graph_node (block, i));
  return n_inputs;
}

/* The fitted block on a tensor of @shape. FALSE: it does not go there. */
static gboolean
look (const TnGraph *block, const TnSpot *spot, const TnShape *shape, TnProspect *prospect)
{
  g_autoptr (TnGraph) fitted = tn_block_fit (block, shape, tn_spot_channels_first (spot));
  g_autoptr (TnDraft) draft = NULL;
  g_autoptr (TnGraph) judged = NULL;
  g_autoptr (TnFacts) facts = NULL;
  const TnRef *outputs;
  guint n_outputs;

  g_free (g_steal_pointer (&prospect->reason));
  if (fitted == NULL)
    {
      g_autofree char *text = tn_shape_to_text (shape);

      prospect->reason = g_strdup_printf (_ ("There is no such block for tensors like %s."), text);
      return FALSE;
    }
  draft = tn_draft_new (fitted);
  tn_draft_set_dense_inputs (draft, tn_graph_dense_inputs (tn_facts_graph (spot->facts)));
  judged = tn_draft_finish (draft);
  facts = tn_infer (judged, NULL, NULL);
  outputs = tn_graph_outputs (judged, &n_outputs);
  prospect->shape = n_outputs > 0 ? tn_facts_shape (facts, outputs[0], NULL) : tn_shape_none ();
  for (guint i = 0; i < tn_facts_n_issues (facts); i++)
    if (tn_facts_issue (facts, i)->severity != TN_SEVERITY_WARNING)
      {
        prospect->reason = g_strdup (tn_facts_issue (facts, i)->message);
        return FALSE;
      }
  return tn_spot_takes (spot, tn_graph_name (judged), &prospect->shape, &prospect->reason);
}

gboolean
tn_block_prospect (const TnGraph *block, const TnSpot *spot, TnProspect *prospect)
{
  TnShape shape = tn_spot_shape (spot);

  *prospect = (TnProspect){ .kind = TN_PROSPECT_FITS,
                            .shape = tn_shape_none (),
                            .input = tn_shape_none (),
                            .usual = G_MAXUINT };
  if (count_inputs (block) > 1)
    prospect->kind = TN_PROSPECT_OPEN;
  if (spot->from.node != TN_NODE_NONE && !tn_shape_is_some (&shape))
    prospect->kind = TN_PROSPECT_UNKNOWN;
  else if (spot->from.node != TN_NODE_NONE)
    {
      if (!look (block, spot, &shape, prospect))
        prospect->kind = TN_PROSPECT_REFUSES;
    }
  else if (spot->to != TN_NODE_NONE)
    {
      /* As it is: what will feed it is not there yet. */
      if (!look (block, spot, &shape, prospect))
        prospect->kind = TN_PROSPECT_REFUSES;
    }
  return TRUE;
}
