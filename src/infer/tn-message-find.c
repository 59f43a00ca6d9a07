/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which layer of a model an error message is about: what it names and tells is weighed. */
#include <string.h>

#include "infer/tn-message.h"

/* What each piece of evidence counts. A name alone weighs less than a fault of the same kind with
 * the same numbers: Keras counts its automatic names on from model to model, so that those of a
 * message are often of a layer further on. */
enum
{
  SCORE_KIND = 16, /* a fault of the kind that the message tells */
  SCORE_NAME = 12,
  SCORE_SHAPE = 6, /* the very shape */
  SCORE_SIZE = 4,  /* a number of it */
  SCORE_TURNED = 2,
  SCORE_CLASS = 3,
  SCORE_LEAST = SCORE_SIZE,
};

/* Codes of the faults that a message of a kind may be about. */
static const struct
{
  TnMessageKind kind;
  const char *codes[6];
} kinds[] = {
  { TN_MESSAGE_WIDTH, { "dense-width", "kernel-width" } },
  { TN_MESSAGE_CHANNELS, { "kernel-width", "groups" } },
  { TN_MESSAGE_MATMUL, { "dense-width", "dense-rank", "kernel-width", "input-length" } },
  { TN_MESSAGE_ARRAY, { "target-shape", "dense-width", "kernel-width", "rank" } },
  { TN_MESSAGE_LOSS, { "target-shape" } },
  { TN_MESSAGE_RANK, { "rank", "dense-rank", "target-shape" } },
  { TN_MESSAGE_WINDOW, { "window-size", "crop-size" } },
  { TN_MESSAGE_RESHAPE, { "reshape-size" } },
  { TN_MESSAGE_MERGE, { "merge-shape", "target-shape", "concat-shape" } },
  { TN_MESSAGE_CONCATENATE, { "concat-shape", "merge-shape" } },
  { TN_MESSAGE_UNKNOWN_DIM, { "unknown-dim" } },
  { TN_MESSAGE_WEIGHTS, { "dense-width", "kernel-width", "weights" } },
  { TN_MESSAGE_GROUPS, { "groups" } },
  { TN_MESSAGE_AXIS, { "axis", "merge-shape" } },
  { TN_MESSAGE_BATCH, { "merge-shape", "target-shape" } },
  { TN_MESSAGE_INPUTS, { "missing-input" } },
  { TN_MESSAGE_PARAM, { "param" } },
};

static gboolean
is_of_kind (const TnIssue *issue, TnMessageKind kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    for (guint j = 0; kinds[i].kind == kind && j < G_N_ELEMENTS (kinds[i].codes); j++)
      if (g_strcmp0 (kinds[i].codes[j], issue->code) == 0)
        return TRUE;
  return FALSE;
}

/* ---- shapes ---- */

/* Sizes of a sample that was told with or without its batch, against those of a tensor. */
static gboolean
is_same_sample (const TnShape *told, const TnShape *here)
{
  int skip = told->rank == here->rank ? 1 : 0;

  if (told->rank < 1 || here->rank < 2 || told->rank - skip != here->rank - 1)
    return FALSE;
  for (int axis = 1; axis < here->rank; axis++)
    {
      TnDim dim = told->dims[axis - 1 + skip];

      if (!tn_dim_is_known (dim) ? tn_dim_is_known (here->dims[axis])
                                 : dim.size != here->dims[axis].size)
        return FALSE;
    }
  return TRUE;
}

/* The same sizes in another order: PyTorch has the channels first. */
static gboolean
is_turned_sample (const TnShape *told, const TnShape *here)
{
  int skip = told->rank == here->rank ? 1 : 0;
  guint seen = 0;

  if (told->rank < 1 || here->rank < 3 || told->rank - skip != here->rank - 1)
    return FALSE;
  for (int i = skip; i < told->rank; i++)
    {
      gboolean found = FALSE;

      for (int axis = 1; axis < here->rank && !found; axis++)
        if ((seen & 1u << axis) == 0 && told->dims[i].size == here->dims[axis].size)
          {
            seen |= 1u << axis;
            found = TRUE;
          }
      if (!found)
        return FALSE;
    }
  return TRUE;
}

/* Height and width alone. */
static gboolean
is_spatial_part (const TnShape *told, const TnShape *here)
{
  gboolean first = TRUE, last = TRUE;

  if (told->rank < 2 || told->rank != here->rank - 2)
    return FALSE;
  for (int i = 0; i < told->rank; i++)
    {
      first = first && told->dims[i].size == here->dims[i + 2].size;
      last = last && told->dims[i].size == here->dims[i + 1].size;
    }
  return first || last;
}

static guint
score_shape (const TnShape *told, const TnShape *here)
{
  return is_same_sample (told, here)     ? SCORE_SHAPE
         : is_spatial_part (told, here)  ? SCORE_SIZE
         : is_turned_sample (told, here) ? SCORE_TURNED
                                         : 0;
}

/* Is the number that was told one of what arrives: the last axis, or, where all elements count,
 * their number? */
static gboolean
has_size (const TnMessage *message, const TnShape *here, gint64 size)
{
  if (size <= 0 || here->rank < 1)
    return FALSE;
  if (message->kind == TN_MESSAGE_RESHAPE)
    return tn_shape_elements (here, 1) == size;
  if (message->kind == TN_MESSAGE_RANK)
    return here->rank == size;
  if (message->kind == TN_MESSAGE_MATMUL || message->kind == TN_MESSAGE_WIDTH
      || message->kind == TN_MESSAGE_WEIGHTS)
    return here->dims[here->rank - 1].size == size;
  for (int axis = 1; axis < here->rank; axis++)
    if (here->dims[axis].size == size)
      return TRUE;
  return FALSE;
}

/* The best that any of a layer's inputs says for it. */
static guint
score_inputs (const TnMessage *message, const TnFacts *facts, guint index)
{
  const TnNode *node = tn_graph_node (tn_facts_graph (facts), index);
  guint best = 0;

  for (guint call = 0; call < tn_node_n_calls (node); call++)
    for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
      {
        TnShape here = tn_facts_input (facts, index, call, slot);
        guint score = score_shape (&message->received, &here);

        /* Both sides of a merge arrive. */
        if (message->kind == TN_MESSAGE_MERGE || message->kind == TN_MESSAGE_CONCATENATE)
          score = MAX (score, score_shape (&message->expected, &here));
        if (message->kind == TN_MESSAGE_RESHAPE && here.rank == message->received.rank + 1
            && message->received.rank > 0
            && tn_shape_elements (&here, 1) == tn_shape_elements (&message->received, 0))
          score = SCORE_SHAPE;
        /* What goes through the steps one by one gets one of them. */
        if (strcmp (tn_node_type (node), "TimeDistributed") == 0 && here.rank > 1)
          {
            TnShape step = { .rank = here.rank - 1, .dims = { here.dims[0] } };

            for (int axis = 1; axis < step.rank; axis++)
              step.dims[axis] = here.dims[axis + 1];
            score = MAX (score, score_shape (&message->received, &step));
          }
        if (score == 0 && has_size (message, &here, message->received_size))
          score = SCORE_SIZE;
        best = MAX (best, score);
      }
  return best;
}

/* ---- names ---- */

/* "conv2d" of "conv2d_8". */
static gboolean
is_auto_name (const char *name, const char *auto_name)
{
  gsize n = strlen (auto_name);

  if (strncmp (name, auto_name, n) != 0)
    return FALSE;
  if (name[n] == '\0')
    return TRUE;
  return name[n] == '_' && name[n + 1] != '\0'
         && strspn (name + n + 1, "0123456789") == strlen (name + n + 1);
}

/* Does the name that is told say of which class the layer is? */
static gboolean
names_a_class (const char *name)
{
  for (guint i = 0; i < tn_layer_count (); i++)
    if (is_auto_name (name, tn_layer_at (i)->schema.auto_name))
      return TRUE;
  return FALSE;
}

static gboolean
is_fault (const TnIssue *issue)
{
  return issue->severity != TN_SEVERITY_WARNING;
}

/* One size stands to the other as in the issue: what was promised wrongly was multiplied on the way
 * to where the message comes from. */
static gboolean
is_in_proportion (const TnMessage *message, const TnIssue *issue)
{
  int wanted = tn_shape_axis (&issue->expected, issue->axis);
  int got = tn_shape_axis (&issue->received, issue->axis);
  gint64 a, b;

  return issue->axis != TN_AXIS_NONE && wanted >= 0 && got >= 0 && message->expected_size > 0
         && message->received_size > 0 && issue->received.dims[got].size > 0
         && !__builtin_mul_overflow (message->expected_size, issue->received.dims[got].size, &a)
         && !__builtin_mul_overflow (message->received_size, issue->expected.dims[wanted].size, &b)
         && a == b;
}

/* Is a parameter of the layer one of the numbers that are told? */
static gboolean
has_param (const TnMessage *message, const TnNode *node)
{
  const TnSchema *schema = tn_node_schema (node);

  for (guint i = 0; i < schema->n_params; i++)
    if (schema->params[i].kind == TN_PARAM_INT && !tn_node_is_none (node, i)
        && message->expected_size > 0 && tn_node_int (node, i) == message->expected_size)
      return TRUE;
  return FALSE;
}

/* Does the message tell any number that a fault would have to agree with? */
static gboolean
tells_numbers (const TnMessage *message)
{
  if (message->kind == TN_MESSAGE_UNKNOWN_DIM)
    return FALSE;
  return message->expected.rank > 0 || message->received.rank > 0 || message->expected_size >= 0
         || message->received_size >= 0;
}

/* How well what is wrong with the layer goes with the message; @arrives: how well what arrives
 * does. A fault of the same kind with other numbers is another one. */
static guint
score_issues (const TnMessage *message, const TnFacts *facts, TnNodeId node, guint arrives)
{
  guint best = 0;

  for (guint i = 0; i < tn_facts_n_issues (facts); i++)
    {
      const TnIssue *issue = tn_facts_issue (facts, i);
      guint score = 0;

      if (issue->node != node || !is_fault (issue))
        continue;
      if (score_shape (&message->received, &issue->received) > 0)
        score += SCORE_SHAPE;
      if (score_shape (&message->expected, &issue->expected) > 0)
        score += SCORE_SHAPE;
      else if (has_size (message, &issue->expected, message->expected_size)
               || is_in_proportion (message, issue)
               || (message->kind == TN_MESSAGE_GROUPS
                   && has_param (message, tn_graph_find (tn_facts_graph (facts), node))))
        score += SCORE_SIZE;
      if (is_of_kind (issue, message->kind)
          && (score > 0 || arrives > 0 || !tells_numbers (message)))
        score += SCORE_KIND;
      best = MAX (best, score);
    }
  return best;
}

/* How well the layer at @index goes with the message; 0: not at all. @class_told: the name says of
 * which class it is. */
static guint
score_layer (const TnMessage *message, const TnFacts *facts, guint index, gboolean class_told)
{
  const TnNode *node = tn_graph_node (tn_facts_graph (facts), index);
  guint score = score_inputs (message, facts, index), issues;
  gboolean named = message->layer != NULL && strcmp (message->layer, tn_node_name (node)) == 0;

  issues = score_issues (message, facts, tn_node_id (node), score);
  if (!named && score + issues < SCORE_LEAST)
    return 0;
  score += issues;
  if (named)
    score += SCORE_NAME;
  if (message->type != NULL || class_told)
    {
      gboolean fits = message->type != NULL
                          ? strcmp (message->type, tn_node_type (node)) == 0
                          : is_auto_name (message->layer, tn_node_schema (node)->auto_name);

      /* Labels are told under the name of the layer that puts out what they are compared with, and
       * an open size under that of any layer it passes. */
      if (fits)
        score += SCORE_CLASS;
      else if (issues < SCORE_KIND)
        return 0;
    }
  return score;
}

TnNodeId
tn_message_find (const TnMessage *message, const TnFacts *facts)
{
  const TnGraph *graph;
  guint best = 0;
  gboolean best_is_fault = FALSE, class_told;
  TnNodeId found = TN_NODE_NONE;

  g_return_val_if_fail (message != NULL && facts != NULL, TN_NODE_NONE);

  graph = tn_facts_graph (facts);
  class_told = message->layer != NULL && names_a_class (message->layer);
  /* In order of computation: of several faults that fit alike, Keras stops at the first. */
  for (guint position = 0; position < tn_graph_n_steps (graph); position++)
    {
      guint index = tn_graph_step (graph, position).index;
      TnNodeId id = tn_node_id (tn_graph_node (graph, index));
      guint score = score_layer (message, facts, index, class_told);

      if (score == 0 || score < best || id == found)
        continue;
      if (score > best)
        {
          const TnIssue *issue = tn_facts_node_issue (facts, id);

          best_is_fault = issue != NULL && is_fault (issue);
          found = id;
        }
      else if (!best_is_fault)
        found = TN_NODE_NONE;
      best = score;
    }
  return found;
}
