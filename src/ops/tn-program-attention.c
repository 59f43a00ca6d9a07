/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A pass over a program: the calls that attention is lowered to become one call of tn_op_attention.
 *
 * That is product (softmax (product (query, keyᵀ) + added), value), where heads that stood beside
 * each other are turned to stand one after the other, and the result back. */
#include "ops/tn-program-private.h"

typedef struct
{
  TnProgram *program;
  guint *uses;
  TnTensorId sources[4]; /* of tn_op_attention */
} Match;

static TnProgramCall *
maker_of (const Match *match, TnTensorId tensor)
{
  const TnProgramTensor *at = tn_program_tensor (match->program, tensor);

  return at->kind == TN_TENSOR_COMPUTED
             ? &g_array_index (match->program->calls, TnProgramCall, at->call)
             : NULL;
}

static TnTensorId
behind_aliases (const Match *match, TnTensorId tensor)
{
  for (;;)
    {
      const TnProgramCall *maker = maker_of (match, tensor);
      if (maker == NULL || !(maker->op->flags & TN_OP_ALIAS))
        return tensor;
      tensor = maker->inputs[0];
    }
}

/* The call of @op that makes @tensor for nobody else, seen through aliases; else NULL. */
static TnProgramCall *
only_maker (const Match *match, TnTensorId tensor, const TnOp *op)
{
  for (;;)
    {
      TnProgramCall *maker = maker_of (match, tensor);
      if (maker == NULL || match->uses[tensor] != 1)
        return NULL;
      if (!(maker->op->flags & TN_OP_ALIAS))
        return maker->op == op ? maker : NULL;
      tensor = maker->inputs[0];
    }
}

/* What is @tensor before its axes were turned like that; ABSENT if they were not. */
static TnTensorId
before_turn (const Match *match, TnTensorId tensor, int rank, const int *permutation)
{
  const TnProgramCall *turn = maker_of (match, behind_aliases (match, tensor));

  if (turn == NULL || turn->op != &tn_op_transpose
      || tn_program_shape (match->program, turn->inputs[0])->rank != rank)
    return TN_TENSOR_ABSENT;
  for (int i = 0; i < rank; i++)
    if (turn->settings.permutation[i] != permutation[i])
      return TN_TENSOR_ABSENT;
  return turn->inputs[0];
}

static gboolean
has_dims (const Match *match, TnTensorId tensor, gint64 a, gint64 b, gint64 c)
{
  const TnShape *shape = tn_program_shape (match->program, tensor);

  return shape->rank == 3 && tn_op_dim (shape, 0) == a && tn_op_dim (shape, 1) == b
         && tn_op_dim (shape, 2) == c;
}

/* Query, key and value with their heads beside each other, as the two products are of. */
static gboolean
find_heads (Match *match, const TnProgramCall *first, const TnProgramCall *second)
{
  static const int apart[] = { 0, 2, 1, 3 }, turned[] = { 0, 2, 3, 1 };
  TnTensorId query = before_turn (match, first->inputs[0], 4, apart);
  TnTensorId key = before_turn (match, first->inputs[1], 4, turned);
  TnTensorId value = before_turn (match, second->inputs[1], 4, apart);

  if (query == TN_TENSOR_ABSENT || key == TN_TENSOR_ABSENT || value == TN_TENSOR_ABSENT)
    return FALSE;
  const TnShape *q = tn_program_shape (match->program, query);
  const TnShape *k = tn_program_shape (match->program, key);
  const TnShape *v = tn_program_shape (match->program, value);
  for (int axis = 0; axis < 3; axis += 2)
    if (tn_op_dim (k, axis) != tn_op_dim (q, axis) || tn_op_dim (v, axis) != tn_op_dim (q, axis))
      return FALSE;
  const gint64 pairs = tn_op_dim (q, 0) * tn_op_dim (q, 2);
  match->sources[0] = query;
  match->sources[1] = key;
  match->sources[2] = value;
  return has_dims (match, first->inputs[0], pairs, tn_op_dim (q, 1), tn_op_dim (q, 3))
         && has_dims (match, first->inputs[1], pairs, tn_op_dim (k, 3), tn_op_dim (k, 1))
         && has_dims (match, second->inputs[1], pairs, tn_op_dim (v, 1), tn_op_dim (v, 3));
}

/* The same of one head each, whose keys alone are turned. */
static gboolean
find_plain (Match *match, const TnProgramCall *first, const TnProgramCall *second)
{
  static const int turned[] = { 0, 2, 1 };
  const TnShape *q = tn_program_shape (match->program, first->inputs[0]);
  const TnShape *v = tn_program_shape (match->program, second->inputs[1]);
  TnTensorId key = before_turn (match, first->inputs[1], 3, turned);

  if (key == TN_TENSOR_ABSENT || tn_op_dim (v, 0) != tn_op_dim (q, 0))
    return FALSE;
  match->sources[0] = first->inputs[0];
  match->sources[1] = key;
  match->sources[2] = second->inputs[1];
  return has_dims (match, key, tn_op_dim (q, 0), tn_op_dim (v, 1), tn_op_dim (q, 2))
         && has_dims (match, first->inputs[1], tn_op_dim (q, 0), tn_op_dim (q, 2),
                      tn_op_dim (v, 1));
}

/* The product whose scores go into @softmax, and what is added to them between: of the shape of the
 * scores, or of @heads. */
static TnProgramCall *
scores_of (Match *match, const TnProgramCall *softmax)
{
  TnTensorId scores = softmax->inputs[0];
  TnProgramCall *product = only_maker (match, scores, &tn_op_batch_matmul);
  TnProgramCall *sum = only_maker (match, scores, &tn_op_binary);

  match->sources[3] = TN_TENSOR_ABSENT;
  if (product != NULL || sum == NULL || sum->settings.binary != TN_BINARY_ADD
      || sum->settings.activation != TN_ACTIVATION_LINEAR)
    return product;
  match->sources[3] = sum->inputs[1];
  /* Only the other side is stretched. */
  if (!tn_shape_identical (tn_program_shape (match->program, sum->inputs[0]),
                           tn_program_shape (match->program, sum->output)))
    return NULL;
  return only_maker (match, sum->inputs[0], &tn_op_batch_matmul);
}

static gboolean
added_fits (const Match *match, const TnShape *scores)
{
  if (match->sources[3] == TN_TENSOR_ABSENT)
    return TRUE;
  const TnShape *query = tn_program_shape (match->program, match->sources[0]);
  const TnShape *added = tn_program_shape (match->program, match->sources[3]);
  /* (n, h, t, s) as the added has it, or without h. */
  return scores->rank == query->rank && added->rank <= query->rank
         && tn_op_dim (scores, 0) == tn_op_dim (query, 0)
         && (query->rank == 3 || tn_op_dim (scores, 1) == tn_op_dim (query, 2));
}

/* The calls that end in @last, if they are attention. */
static gboolean
matches (Match *match, const TnProgramCall *last)
{
  static const int back[] = { 0, 2, 1, 3 };
  const TnProgramCall *second = last;

  if (last->op == &tn_op_transpose)
    {
      if (tn_program_shape (match->program, last->inputs[0])->rank != 4)
        return FALSE;
      for (int i = 0; i < 4; i++)
        if (last->settings.permutation[i] != back[i])
          return FALSE;
      second = only_maker (match, last->inputs[0], &tn_op_batch_matmul);
    }
  if (second == NULL || second->op != &tn_op_batch_matmul
      || second->settings.activation != TN_ACTIVATION_LINEAR)
    return FALSE;
  const TnProgramCall *softmax = only_maker (match, second->inputs[0], &tn_op_softmax);
  if (softmax == NULL)
    return FALSE;
  const TnShape *scores = tn_program_shape (match->program, softmax->output);
  const TnProgramCall *first = scores_of (match, softmax);
  if (first == NULL || first->settings.activation != TN_ACTIVATION_LINEAR
      || softmax->settings.axis != scores->rank - 1 || first->owner != last->owner
      || softmax->owner != last->owner || second->owner != last->owner)
    return FALSE;
  if (!(last != second ? find_heads (match, first, second) : find_plain (match, first, second))
      || !added_fits (match, scores))
    return FALSE;
  /* Nothing is left to be done by what only goes through all of this. */
  return tn_shape_elements (tn_program_shape (match->program, last->output), 0) > 0
         && tn_shape_elements (scores, 0) > 0
         && tn_shape_elements (tn_program_shape (match->program, match->sources[0]), 0) > 0;
}

guint
tn_program_fuse_attention (TnProgram *program, const TnTensorId *kept, guint n_kept)
{
  Match match = { .program = program };
  g_autofree guint *uses = match.uses = tn_program_count_uses (program, kept, n_kept);
  guint n_fused = 0;

  for (guint i = 0; i < program->calls->len; i++)
    {
      TnProgramCall *call = &g_array_index (program->calls, TnProgramCall, i);

      if ((call->op != &tn_op_transpose && call->op != &tn_op_batch_matmul)
          || !matches (&match, call))
        continue;
      call->op = &tn_op_attention;
      call->settings
          = (TnOpSettings){ .groups = 1, .stride = { 1, 1, 1 }, .dilation = { 1, 1, 1 } };
      call->n_inputs = match.sources[3] != TN_TENSOR_ABSENT ? 4 : 3;
      for (guint j = 0; j < call->n_inputs; j++)
        call->inputs[j] = match.sources[j];
      n_fused++;
    }
  if (n_fused > 0)
    tn_program_sweep (program, kept, n_kept);
  return n_fused;
}
