/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The arena: nothing that lives at one time shares memory, and little is wasted; random programs.
 */
#include "exec/tn-account.h"
#include "exec/tn-arena.h"

static TnTensorId
call (TnProgram *program, const TnOp *op, TnTensorId a, TnTensorId b)
{
  TnOpSettings settings = { .kernel = { 1, 1 }, .activation = TN_ACTIVATION_TANH };
  TnTensorId inputs[] = { a, b };
  return tn_program_call (program, op, &settings, inputs, op->max_inputs, NULL, 0);
}

/* Reads earlier tensors at random; some are reshaped, some written in place. */
static TnProgram *
random_program (GRand *rand)
{
  TnProgram *program = tn_program_new ();
  TnTensorId tensors[64];
  guint n = 0;
  TnShape shape = tn_shape_new ((gint64[]){ 4, 6, 5, 3 }, 4);
  tensors[n++] = tn_program_input (program, &shape, "x");

  while (n < 30)
    {
      TnTensorId a = tensors[g_rand_int_range (rand, MAX (0, (int)n - 4), (int)n)];
      TnTensorId b = tensors[g_rand_int_range (rand, 0, (int)n)];
      const TnShape *of_a = tn_program_shape (program, a);
      const TnShape *of_b = tn_program_shape (program, b);
      switch (g_rand_int_range (rand, 0, 5))
        {
        case 0:
          tensors[n++] = call (program, &tn_op_activation, a, 0);
          break;
        case 1:
          if (tn_shape_identical (of_a, of_b))
            tensors[n++] = call (program, &tn_op_binary, a, b);
          break;
        case 2: /* doubles the first axis */
          if (tn_shape_identical (of_a, of_b) && tn_shape_elements (of_a, 0) < 5000)
            tensors[n++] = call (program, &tn_op_concatenate, a, b);
          break;
        case 3:
          if (of_a->rank == 4)
            tensors[n++] = call (program, &tn_op_max_pool, a, 0);
          break;
        default:
          {
            TnShape flat
                = tn_shape_new ((gint64[]){ of_a->dims[0].size, tn_shape_elements (of_a, 1) }, 2);
            tensors[n++] = tn_program_call (program, &tn_op_reshape, NULL, &a, 1, &flat, 0);
          }
        }
    }
  return program;
}

static void
check (const TnArena *arena, const TnProgram *program, const TnTensorId *kept, guint n_kept)
{
  int n_calls = (int)tn_program_n_calls (program);
  guint64 sum = 0;
  guint64 most = 0;

  for (guint i = 0; i < arena->n_blocks; i++)
    {
      const TnBlock *a = &arena->blocks[i];
      g_assert_cmpuint (a->offset % TN_ALIGNMENT, ==, 0);
      g_assert_cmpuint (a->offset + a->bytes, <=, arena->bytes);
      sum += a->bytes;
      for (guint j = 0; j < i; j++)
        {
          const TnBlock *b = &arena->blocks[j];
          if (a->first <= b->last && b->first <= a->last)
            g_assert_true (a->offset + a->bytes <= b->offset || b->offset + b->bytes <= a->offset);
        }
    }
  g_assert_cmpuint (arena->bytes, <=, sum);
  for (int at = -1; at <= n_calls; at++)
    {
      guint64 live = 0;
      for (guint i = 0; i < arena->n_blocks; i++)
        if (arena->blocks[i].first <= at && at <= arena->blocks[i].last)
          live += arena->blocks[i].bytes;
      most = MAX (most, live);
    }
  g_assert_cmpuint (arena->bytes, >=, most);
  /* Best fit by size is known to stay near the bound. */
  g_assert_cmpuint (arena->bytes, <=, most + most / 2);

  /* Whoever reads a tensor finds it: nobody else wrote to its block since it was made. */
  for (int i = 0; i < n_calls; i++)
    {
      const TnProgramCall *reader = tn_program_call_at (program, (guint)i);
      for (guint j = 0; j < reader->n_inputs; j++)
        {
          TnTensorId root = arena->places[reader->inputs[j]].root;
          const TnBlock *block = &arena->blocks[arena->places[root].block];
          g_assert_cmpint (block->last, >=, i);
          for (guint k = 0; k < tn_program_n_tensors (program); k++)
            {
              const TnProgramTensor *other = tn_program_tensor (program, k);
              if (arena->places[k].root == root || arena->places[k].root != k
                  || arena->places[k].block != arena->places[root].block
                  || other->kind != TN_TENSOR_COMPUTED)
                continue;
              int made = tn_program_tensor (program, root)->kind == TN_TENSOR_COMPUTED
                             ? (int)tn_program_tensor (program, root)->call
                             : -1;
              g_assert_true ((int)other->call >= i || (int)other->call < made);
            }
        }
    }
  for (guint i = 0; i < n_kept; i++)
    g_assert_cmpint (arena->blocks[arena->places[kept[i]].block].last, ==, n_calls);
}

static void
test_random (void)
{
  for (guint32 seed = 0; seed < 300; seed++)
    {
      g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
      g_autoptr (TnProgram) program = random_program (rand);
      TnTensorId kept[]
          = { tn_program_n_tensors (program) - 1, (guint)g_rand_int_range (rand, 0, 20) };
      g_autoptr (TnArena) arena = tn_arena_new (program, kept, G_N_ELEMENTS (kept));
      check (arena, program, kept, G_N_ELEMENTS (kept));
    }
}

static void
test_chain (void)
{
  g_autoptr (TnProgram) program = tn_program_new ();
  TnShape shape = tn_shape_new ((gint64[]){ 2, 4, 4, 4 }, 4);
  TnTensorId x = tn_program_input (program, &shape, "x");
  TnTensorId pooled = call (program, &tn_op_max_pool, x, 0);
  TnTensorId curved = call (program, &tn_op_activation, pooled, 0);
  TnShape flat = tn_shape_new ((gint64[]){ 2, 64 }, 2);
  TnTensorId row = tn_program_call (program, &tn_op_reshape, NULL, &curved, 1, &flat, 0);
  TnTensorId sum = call (program, &tn_op_binary, row, row);

  g_autoptr (TnArena) arena = tn_arena_new (program, &sum, 1);
  check (arena, program, &sum, 1);
  /* The activation and the sum are written over what they read; the reshape is no memory at all. */
  g_assert_cmpuint (arena->n_blocks, ==, 2);
  g_assert_cmpuint (arena->bytes, ==, 2 * 512);
  g_assert_cmpint (arena->places[sum].block, ==, arena->places[pooled].block);
  g_autoptr (GString) text = g_string_new (NULL);
  tn_arena_dump (arena, program, text);
  g_assert_cmpstr (text->str, ==,
                   "%0 at 0 bytes 512 live -1..0 (2, 4, 4, 4) input x\n"
                   "%1 at 512 bytes 512 live 0..4 (2, 4, 4, 4) = 0: max_pool %0\n"
                   "%2 at 512 bytes 512 live 0..4 (2, 4, 4, 4) = 1: activation %1\n"
                   "%3 at 512 bytes 512 live 0..4 (2, 64) = 2: reshape %2\n"
                   "%4 at 512 bytes 512 live 0..4 (2, 64) = 3: binary %3 %3\n");
}

static void
test_overflow (void)
{
  g_assert_cmpuint (tn_account_sum (G_MAXUINT64 - 1, 2), ==, G_MAXUINT64);
  g_assert_cmpuint (tn_account_product (G_MAXUINT64 / 2, 3), ==, G_MAXUINT64);
  g_assert_cmpuint (tn_account_round (G_MAXUINT64 - 3), ==, G_MAXUINT64);
  g_assert_cmpuint (tn_account_round (65), ==, 128);

  TnAccount account = { 0 };
  gpointer block;
  g_autoptr (GError) error = NULL;
  g_assert_true (tn_account_alloc (&account, 100, &block, &error));
  g_assert_cmpuint (account.held, ==, 128);
  tn_account_free (&account, block, 100);
  g_assert_cmpuint (account.held, ==, 0);
  g_assert_cmpuint (account.peak, ==, 128);
  g_assert_false (tn_account_alloc (&account, G_MAXUINT64, &block, &error));
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/arena/random", test_random);
  g_test_add_func ("/arena/chain", test_chain);
  g_test_add_func ("/arena/overflow", test_overflow);
  return g_test_run ();
}
