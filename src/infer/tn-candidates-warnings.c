/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Candidates for what runs but is hardly meant; each is tried like any other. */
#include <string.h>

#include "base/tn-i18n.h"
#include "infer/tn-advice-private.h"

static TnNodeId
here (const TnAdvisor *advisor)
{
  return advisor->issue->node;
}

static void
set_here (TnAdvisor *advisor, const char *param, const char *text)
{
  tn_advisor_try_set (advisor, here (advisor), param, text);
}

/* The first layer from what is wired to the issue on upwards that has such a parameter, past at
 * most a few that have not; TN_NODE_NONE when there is none. */
static TnNodeId
above_with (const TnAdvisor *advisor, const char *param)
{
  TnNodeId id = advisor->source.node;

  for (int step = 0; step < 8 && id != TN_NODE_NONE; step++)
    {
      const TnNode *node = tn_graph_find (advisor->graph, id);

      if (tn_schema_param (tn_node_schema (node), param) >= 0)
        return id;
      id = tn_node_input (node, 0, 0).node;
    }
  return TN_NODE_NONE;
}

static void
set_above (TnAdvisor *advisor, const char *param, const char *text)
{
  TnNodeId id = above_with (advisor, param);

  if (id != TN_NODE_NONE)
    tn_advisor_try_set (advisor, id, param, text);
}

static void
dropped_rows (TnAdvisor *advisor)
{
  set_here (advisor, "padding", "'same'");
}

/* A window of 1 along the axis; a pooling has nothing to do then. */
static void
size_one (TnAdvisor *advisor)
{
  const TnSchema *schema = tn_node_schema (advisor->node);
  int param = tn_schema_param (schema, advisor->issue->param);
  int axis = tn_shape_axis (&advisor->arrives, advisor->issue->axis);
  int format = tn_schema_param (schema, "data_format");
  gint64 sizes[TN_MAX_RANK];
  g_autoptr (TnValue) value = NULL;
  g_autofree char *text = NULL;

  if (param < 0 || axis < 1 || schema->params[param].length > 3
      || !tn_node_ints (advisor->node, (guint)param, sizes))
    return;
  if (format >= 0 && strcmp (tn_node_string (advisor->node, (guint)format), "channels_first") == 0)
    axis--;
  if (axis < 1 || (guint)axis > schema->params[param].length)
    return;
  sizes[axis - 1] = 1;
  value = tn_value_new_ints (sizes, schema->params[param].length);
  text = tn_value_to_text (value);
  set_here (advisor, advisor->issue->param, text);
  tn_advisor_try_remove (advisor, here (advisor));
}

/* What is stretched made as large as the others by a layer that is seen. */
static void
broadcast (TnAdvisor *advisor)
{
  TnRef ref = { here (advisor), (guint16)advisor->call, 0 };
  TnShape output = tn_facts_shape (advisor->facts, ref, NULL);
  const TnShape *has = &advisor->arrives;

  if (has->rank == 2 && output.rank == 3 && output.dims[1].size > 0)
    {
      g_autofree char *text = tn_int_text (output.dims[1].size);
      g_autofree char *what = g_strdup_printf ("RepeatVector(%s)", text);

      tn_advisor_insert_here (advisor, "RepeatVector", what,
                              (const char *const[]){ "n", text, NULL });
    }
  if (has->rank != output.rank)
    return;
  tn_candidates_fit (advisor, advisor->slot, has, &output);
  if (has->rank == 2)
    tn_advisor_insert_dense (advisor, output.dims[1].size);
  else
    tn_advisor_insert_pointwise (advisor, advisor->slot, output.dims[output.rank - 1].size, 1);
}

static void
batch_axis (TnAdvisor *advisor)
{
  if (g_strcmp0 (advisor->issue->param, "axis") == 0)
    {
      set_here (advisor, "axis", "-1");
      set_here (advisor, "axis", "1");
    }
  else if (g_strcmp0 (advisor->issue->param, "batch_shape") == 0)
    {
      TnShape shape = tn_facts_shape (advisor->facts, (TnRef){ here (advisor), 0, 0 }, NULL);
      g_autofree char *text = g_strdup_printf ("(None, %" PRIi64 ")", shape.dims[0].size);

      set_here (advisor, "batch_shape", text);
    }
}

static void
norm_one (TnAdvisor *advisor)
{
  if (tn_schema_param (tn_node_schema (advisor->node), "groups") >= 0)
    set_here (advisor, "groups", "1");
  tn_advisor_try_remove (advisor, here (advisor));
}

static void
softmax_one (TnAdvisor *advisor)
{
  if (advisor->issue->param != NULL)
    set_here (advisor, "activation", "'sigmoid'");
  else
    tn_advisor_try_replace (
        advisor, here (advisor), "Activation",
        g_strdup_printf (_ ("Replace %s by %s"), tn_node_name (advisor->node), "sigmoid"),
        (const char *const[]){ "activation", "'sigmoid'", NULL });
  if (tn_schema_param (tn_node_schema (advisor->node), "units") >= 0)
    set_here (advisor, "units", "2");
}

/* The activation that goes with the loss, or the loss that goes with the activation. */
static void
loss_activation (TnAdvisor *advisor)
{
  int loss = tn_schema_param (tn_node_schema (advisor->node), "loss");
  gboolean binary
      = loss >= 0
        && strcmp (tn_node_string (advisor->node, (guint)loss), "binary_crossentropy") == 0;

  set_above (advisor, "activation", binary ? "'sigmoid'" : "'softmax'");
  set_here (advisor, "loss", binary ? "'categorical_crossentropy'" : "'binary_crossentropy'");
}

static void
activation_twice (TnAdvisor *advisor)
{
  const TnNode *source = tn_graph_find (advisor->graph, advisor->source.node);

  tn_advisor_try_remove (advisor, here (advisor));
  if (source != NULL && tn_schema_param (tn_node_schema (source), "activation") >= 0
      && !tn_advisor_is_type (advisor, tn_node_id (source), "Activation"))
    set_above (advisor, "activation", "'linear'");
  else if (source != NULL)
    tn_advisor_try_remove (advisor, tn_node_id (source));
}

static void
linear_twice (TnAdvisor *advisor)
{
  set_above (advisor, "activation", "'relu'");
}

/* The dropout that stands before the layer put behind it. */
static void
dropout_norm (TnAdvisor *advisor)
{
  TnNodeId to = here (advisor), id = above_with (advisor, "rate");
  const TnNode *dropout = tn_graph_find (advisor->graph, id);
  g_autoptr (TnDraft) draft = tn_advisor_draft (advisor);
  guint n_before, n_behind;
  const TnGraphUse *before, *behind;

  if (dropout == NULL || tn_node_n_calls (dropout) != 1)
    return;
  before = tn_graph_uses (advisor->graph, (guint)tn_graph_index (advisor->graph, id), &n_before);
  behind = tn_graph_uses (advisor->graph, (guint)tn_graph_index (advisor->graph, to), &n_behind);
  if (n_before != 1)
    return;
  tn_draft_connect (draft, tn_node_input (dropout, 0, 0),
                    tn_node_id (tn_graph_node (advisor->graph, before->index)), before->call,
                    before->slot, NULL);
  for (guint i = 0; i < n_behind; i++)
    tn_draft_connect (draft, (TnRef){ id, 0, 0 },
                      tn_node_id (tn_graph_node (advisor->graph, behind[i].index)), behind[i].call,
                      behind[i].slot, NULL);
  if (!tn_draft_connect (draft, (TnRef){ to, 0, 0 }, id, 0, 0, NULL))
    return;
  if (tn_node_is_placed (dropout) && tn_node_is_placed (advisor->node))
    {
      tn_draft_move (draft, id, tn_node_x (advisor->node), tn_node_y (advisor->node));
      tn_draft_move (draft, to, tn_node_x (dropout), tn_node_y (dropout));
    }
  tn_advisor_try (advisor, g_steal_pointer (&draft),
                  g_strdup_printf (_ ("Put %s behind %s"), tn_node_name (dropout),
                                   tn_node_name (advisor->node)),
                  (const TnNodeId[]){ id, to }, 2);
}

static void
take_out (TnAdvisor *advisor)
{
  tn_advisor_try_remove (advisor, here (advisor));
}

/* What the layer before it gets, in place of what that makes of it. */
static void
embedding_floats (TnAdvisor *advisor)
{
  const TnNode *source = tn_graph_find (advisor->graph, advisor->source.node);
  TnRef ref = source != NULL ? tn_node_input (source, advisor->source.call, 0) : (TnRef){ 0 };
  const TnNode *above = tn_graph_find (advisor->graph, ref.node);
  g_autoptr (TnDraft) draft = tn_advisor_draft (advisor);

  if (above == NULL
      || !tn_draft_connect (draft, ref, here (advisor), advisor->call, advisor->slot, NULL))
    return;
  tn_advisor_try (
      advisor, g_steal_pointer (&draft),
      g_strdup_printf (_ ("Wire %s to %s"), tn_node_name (above), tn_node_name (advisor->node)),
      &advisor->issue->node, 1);
}

/* Nothing is behind it that would have to be wired anew. */
static void
unused (TnAdvisor *advisor)
{
  g_autoptr (TnDraft) draft = tn_advisor_draft (advisor);

  tn_draft_remove (draft, here (advisor));
  tn_advisor_try (advisor, g_steal_pointer (&draft),
                  g_strdup_printf (_ ("Remove %s"), tn_node_name (advisor->node)), NULL, 0);
}

static void
dense_large (TnAdvisor *advisor)
{
  if (!tn_advisor_is_type (advisor, advisor->source.node, "Flatten"))
    return;
  tn_advisor_replace_flatten (advisor, advisor->source.node);
  tn_advisor_insert_poolings (advisor, advisor->source.node, 0, 2);
}

static const struct
{
  const char *code;
  void (*propose) (TnAdvisor *advisor);
} proposals[] = {
  { "dropped-rows", dropped_rows },
  { "size-one", size_one },
  { "broadcast", broadcast },
  { "batch-axis", batch_axis },
  { "norm-one", norm_one },
  { "softmax-one", softmax_one },
  { "loss-activation", loss_activation },
  { "activation-twice", activation_twice },
  { "linear-twice", linear_twice },
  { "dropout-norm", dropout_norm },
  { "dropout-last", take_out },
  { "embedding-floats", embedding_floats },
  { "no-effect", take_out },
  { "unused", unused },
  { "dense-large", dense_large },
};

void
tn_candidates_warning (TnAdvisor *advisor)
{
  for (guint i = 0; i < G_N_ELEMENTS (proposals); i++)
    if (strcmp (proposals[i].code, advisor->issue->code) == 0)
      proposals[i].propose (advisor);
}
