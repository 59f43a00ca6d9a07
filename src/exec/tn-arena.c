/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laying out the arena: aliases, in-place results, lifetimes, then best fit by size. */
#include "exec/tn-arena.h"

#include "exec/tn-account.h"

static guint64
tensor_bytes (const TnProgram *program, TnTensorId id)
{
  gint64 elements = tn_shape_elements (tn_program_shape (program, id), 0);
  return tn_account_round (tn_account_product ((guint64)elements, sizeof (float)));
}

static void
find_roots (TnArena *arena, const TnProgram *program)
{
  for (guint i = 0; i < tn_program_n_tensors (program); i++)
    {
      const TnProgramTensor *tensor = tn_program_tensor (program, i);
      arena->places[i] = (TnPlace){ .root = i, .block = -1 };
      if (tensor->kind != TN_TENSOR_COMPUTED)
        continue;
      const TnProgramCall *call = tn_program_call_at (program, tensor->call);
      if (call->op->flags & TN_OP_ALIAS)
        arena->places[i].root = arena->places[call->inputs[0]].root;
    }
}

/* The last call that reads each root; n_calls for what is kept, -2 for what nobody reads. */
static int *
find_last_uses (const TnArena *arena, const TnProgram *program, const TnTensorId *kept,
                guint n_kept)
{
  guint n_calls = tn_program_n_calls (program);
  int *last = g_new (int, tn_program_n_tensors (program) + 1);

  for (guint i = 0; i < tn_program_n_tensors (program); i++)
    last[i] = -2;
  for (guint i = 0; i < n_calls; i++)
    {
      const TnProgramCall *call = tn_program_call_at (program, i);
      for (guint j = 0; j < call->n_inputs; j++)
        if (call->inputs[j] != TN_TENSOR_ABSENT)
          last[arena->places[call->inputs[j]].root] = (int)i;
    }
  for (guint i = 0; i < n_kept; i++)
    last[arena->places[kept[i]].root] = (int)n_calls;
  return last;
}

/* The block that the result of call @index may take over: of an input of its shape that nobody
 * reads afterwards. -1: none. */
static int
take_over (const TnArena *arena, const TnProgram *program, const int *last, guint index)
{
  const TnProgramCall *call = tn_program_call_at (program, index);

  if (!(call->op->flags & TN_OP_IN_PLACE))
    return -1;
  for (guint i = 0; i < call->n_inputs; i++)
    {
      if (call->inputs[i] == TN_TENSOR_ABSENT)
        continue;
      const TnPlace *place = &arena->places[arena->places[call->inputs[i]].root];
      if (place->block < 0 || last[place->root] != (int)index
          || !tn_shape_identical (tn_program_shape (program, call->inputs[i]),
                                  tn_program_shape (program, call->output)))
        continue;
      /* Another view of the same memory among the inputs would be read after it was written. */
      gboolean alone = TRUE;
      for (guint j = 0; j < call->n_inputs; j++)
        if (call->inputs[j] != TN_TENSOR_ABSENT && call->inputs[j] != call->inputs[i]
            && arena->places[call->inputs[j]].root == place->root)
          alone = FALSE;
      if (alone)
        return place->block;
    }
  return -1;
}

static int
new_block (TnArena *arena, guint64 bytes, int first, int last)
{
  arena->blocks[arena->n_blocks]
      = (TnBlock){ .bytes = bytes, .first = first, .last = MAX (first, last) };
  return (int)arena->n_blocks++;
}

static void
make_blocks (TnArena *arena, const TnProgram *program, const int *last)
{
  for (guint i = 0; i < tn_program_n_tensors (program); i++)
    {
      const TnProgramTensor *tensor = tn_program_tensor (program, i);
      TnPlace *place = &arena->places[i];
      if (place->root != i || tensor->kind == TN_TENSOR_CONSTANT || tensor->kind == TN_TENSOR_GONE)
        continue;
      if (tensor->kind == TN_TENSOR_INPUT)
        {
          place->block = new_block (arena, tensor_bytes (program, i), -1, last[i]);
          continue;
        }
      place->block = take_over (arena, program, last, tensor->call);
      if (place->block >= 0)
        arena->blocks[place->block].last = MAX ((int)tensor->call, last[i]);
      else
        place->block = new_block (arena, tensor_bytes (program, i), (int)tensor->call, last[i]);
    }
  for (guint i = 0; i < tn_program_n_tensors (program); i++)
    arena->places[i].block = arena->places[arena->places[i].root].block;
}

static int
larger_first (gconstpointer a, gconstpointer b, gpointer data)
{
  const TnBlock *blocks = data;
  const TnBlock *x = &blocks[*(const guint *)a];
  const TnBlock *y = &blocks[*(const guint *)b];
  if (x->bytes != y->bytes)
    return x->bytes > y->bytes ? -1 : 1;
  return x->first != y->first ? (x->first < y->first ? -1 : 1)
                              : (*(const guint *)a < *(const guint *)b ? -1 : 1);
}

static int
lower_first (gconstpointer a, gconstpointer b, gpointer data)
{
  const TnBlock *blocks = data;
  guint64 x = blocks[*(const guint *)a].offset;
  guint64 y = blocks[*(const guint *)b].offset;
  return x < y ? -1 : x > y;
}

/* Lays block @index among @laid, which stand by offset. */
static void
lay_block (TnArena *arena, guint index, const guint *laid, guint n_laid)
{
  TnBlock *block = &arena->blocks[index];
  guint64 top = 0; /* end of what overlaps and lies below */
  guint64 best = G_MAXUINT64;
  guint64 best_gap = G_MAXUINT64;

  for (guint i = 0; i < n_laid; i++)
    {
      const TnBlock *other = &arena->blocks[laid[i]];
      if (other->last < block->first || other->first > block->last)
        continue;
      if (other->offset > top && other->offset - top >= block->bytes
          && other->offset - top < best_gap)
        {
          best = top;
          best_gap = other->offset - top;
        }
      top = MAX (top, tn_account_sum (other->offset, other->bytes));
    }
  block->offset = best != G_MAXUINT64 ? best : top;
  arena->bytes = MAX (arena->bytes, tn_account_sum (block->offset, block->bytes));
}

TnArena *
tn_arena_new (const TnProgram *program, const TnTensorId *kept, guint n_kept)
{
  TnArena *arena = g_new0 (TnArena, 1);
  guint n_tensors = tn_program_n_tensors (program);

  arena->places = g_new0 (TnPlace, n_tensors + 1);
  arena->blocks = g_new0 (TnBlock, n_tensors + 1);
  find_roots (arena, program);
  g_autofree int *last = find_last_uses (arena, program, kept, n_kept);
  make_blocks (arena, program, last);

  g_autofree guint *order = g_new (guint, arena->n_blocks + 1);
  g_autofree guint *laid = g_new (guint, arena->n_blocks + 1);
  for (guint i = 0; i < arena->n_blocks; i++)
    order[i] = i;
  g_qsort_with_data (order, (int)arena->n_blocks, sizeof *order, larger_first, arena->blocks);
  for (guint i = 0; i < arena->n_blocks; i++)
    {
      lay_block (arena, order[i], laid, i);
      /* Kept in order of offsets by insertion: most blocks are laid on top. */
      guint at = i;
      while (at > 0 && lower_first (&order[i], &laid[at - 1], arena->blocks) < 0)
        {
          laid[at] = laid[at - 1];
          at--;
        }
      laid[at] = order[i];
    }
  return arena;
}

void
tn_arena_free (TnArena *arena)
{
  if (arena == NULL)
    return;
  g_free (arena->places);
  g_free (arena->blocks);
  g_free (arena);
}

void
tn_arena_dump (const TnArena *arena, const TnProgram *program, GString *text)
{
  for (guint i = 0; i < tn_program_n_tensors (program); i++)
    {
      const TnProgramTensor *tensor = tn_program_tensor (program, i);
      g_autofree char *shape = tn_shape_to_text (&tensor->shape);
      if (tensor->kind == TN_TENSOR_GONE)
        continue;
      if (tensor->kind == TN_TENSOR_CONSTANT)
        {
          g_string_append_printf (text, "%%%u constant %s %s\n", i, shape, tensor->label);
          continue;
        }
      const TnBlock *block = &arena->blocks[arena->places[i].block];
      g_string_append_printf (
          text, "%%%u at %" G_GUINT64_FORMAT " bytes %" G_GUINT64_FORMAT " live %d..%d %s ", i,
          block->offset, block->bytes, block->first, block->last, shape);
      if (tensor->kind == TN_TENSOR_INPUT)
        {
          g_string_append_printf (text, "input %s\n", tensor->label);
          continue;
        }
      const TnProgramCall *call = tn_program_call_at (program, tensor->call);
      g_string_append_printf (text, "= %u: %s", tensor->call, call->op->name);
      for (guint j = 0; j < call->n_inputs; j++)
        if (call->inputs[j] != TN_TENSOR_ABSENT)
          g_string_append_printf (text, " %%%u", call->inputs[j]);
      g_string_append_c (text, '\n');
    }
}
