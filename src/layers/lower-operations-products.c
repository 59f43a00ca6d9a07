/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How operations run that multiply and sum: all of them as einsum, which is products of matrices.
 */
#include <string.h>

#include "base/tn-i18n.h"
#include "layers/tn-operations.h"

/* A tensor whose axes have labels; those of equal label belong together. */
typedef struct
{
  TnTensorId tensor;
  int rank;
  guint labels[TN_MAX_RANK];
} Labelled;

static int
find_label (const Labelled *x, guint label)
{
  for (int axis = 0; axis < x->rank; axis++)
    if (x->labels[axis] == label)
      return axis;
  return -1;
}

static void
permute (TnLower *lower, Labelled *x, const int *permutation)
{
  Labelled before = *x;
  gboolean moved = FALSE;

  for (int axis = 0; axis < x->rank; axis++)
    {
      x->labels[axis] = before.labels[permutation[axis]];
      moved |= permutation[axis] != axis;
    }
  if (moved)
    x->tensor = tn_lower_transpose (lower, x->tensor, permutation);
}

static void
drop_axis (Labelled *x, int axis)
{
  x->rank--;
  memmove (&x->labels[axis], &x->labels[axis + 1],
           (gsize)(x->rank - axis) * sizeof x->labels[axis]);
}

/* Of two axes of one label what stands in their diagonal, till each label is there once. */
static void
take_diagonals (TnLower *lower, Labelled *x)
{
  for (int axis = 0; axis < x->rank; axis++)
    for (int other = x->rank - 1; other > axis; other--)
      {
        TnOpSettings settings = { .axis = x->rank - 2 };
        TnShape shape;
        int permutation[TN_MAX_RANK], place = 0;
        gint64 n;

        if (x->labels[axis] != x->labels[other])
          continue;
        shape = *tn_lower_shape (lower, x->tensor);
        if (shape.dims[axis].size != shape.dims[other].size)
          {
            /* One of them is 1 long and stretches. */
            int lone = shape.dims[axis].size == 1 ? axis : other;

            x->tensor = tn_lower_squeeze (lower, x->tensor, lone);
            drop_axis (x, lone);
            axis = -1;
            break;
          }
        for (int i = 0; i < x->rank; i++)
          if (i != axis && i != other)
            permutation[place++] = i;
        permutation[place++] = axis;
        permutation[place] = other;
        permute (lower, x, permutation);
        shape = *tn_lower_shape (lower, x->tensor);
        n = shape.dims[x->rank - 1].size;
        x->tensor = tn_lower_join (lower, x->tensor, x->rank - 2, x->rank);
        settings.stride[0] = n + 1;
        if (n > 1)
          x->tensor = tn_lower_call (lower, &tn_op_stride, &settings, &x->tensor, 1);
        drop_axis (x, x->rank - 1);
        /* The axes moved: look at all of them again. */
        axis = -1;
        break;
      }
}

static void
sum_out (TnLower *lower, Labelled *x, int axis)
{
  x->tensor
      = tn_lower_squeeze (lower, tn_lower_reduce (lower, TN_REDUCE_SUM, x->tensor, axis), axis);
  drop_axis (x, axis);
}

static gboolean
is_among (const guint *labels, guint n, guint label)
{
  for (guint i = 0; i < n; i++)
    if (labels[i] == label)
      return TRUE;
  return FALSE;
}

/* A label of size 1 that is longer in the other one stretches there: it may as well not be here. */
static void
drop_stretched (TnLower *lower, Labelled *x, const Labelled *other)
{
  for (int axis = x->rank - 1; axis >= 0; axis--)
    {
      int there = find_label (other, x->labels[axis]);

      if (there >= 0 && tn_lower_shape (lower, x->tensor)->dims[axis].size == 1
          && tn_lower_shape (lower, other->tensor)->dims[there].size != 1)
        {
          x->tensor = tn_lower_squeeze (lower, x->tensor, axis);
          drop_axis (x, axis);
        }
    }
}

/* Brings @x to (shared and kept, own, shared and summed), or with @turned the last two the other
 * way round, each as one axis. @parts: how many axes went into each. */
static TnTensorId
as_matrices (TnLower *lower, Labelled *x, const Labelled *other, const guint *kept, guint n_kept,
             gboolean turned, int *parts)
{
  TnShape shape, matrices = { .rank = 3 };
  int permutation[TN_MAX_RANK], place = 0;

  for (int part = 0; part < 3; part++)
    {
      int wanted = turned && part > 0 ? 3 - part : part, from = place;
      /* Shared ones go in the order of one of the two, for both. */
      const Labelled *order = turned && wanted != 1 ? other : x;

      for (int i = 0; i < order->rank; i++)
        {
          guint label = order->labels[i];
          gboolean shared = find_label (other, label) >= 0;

          if (find_label (x, label) >= 0
              && wanted
                     == (!shared                          ? 1
                         : is_among (kept, n_kept, label) ? 0
                                                          : 2))
            permutation[place++] = find_label (x, label);
        }
      parts[wanted] = place - from;
    }
  permute (lower, x, permutation);
  shape = *tn_lower_shape (lower, x->tensor);
  place = 0;
  for (int part = 0; part < 3; part++)
    {
      matrices.dims[part] = tn_dim (1);
      for (int i = parts[turned && part > 0 ? 3 - part : part]; i > 0; i--)
        matrices.dims[part].size *= shape.dims[place++].size;
    }
  return tn_lower_reshape (lower, x->tensor, &matrices);
}

/* The product of two, with labels that are not in @kept summed. FALSE when it has too many axes. */
static gboolean
multiply (TnLower *lower, Labelled *a, Labelled *b, const guint *kept, guint n_kept)
{
  Labelled product = { .rank = 0 };
  TnShape shape = { .rank = 0 };
  int a_parts[3], b_parts[3];
  TnTensorId left, right;

  drop_stretched (lower, a, b);
  drop_stretched (lower, b, a);
  left = as_matrices (lower, a, b, kept, n_kept, FALSE, a_parts);
  right = as_matrices (lower, b, a, kept, n_kept, TRUE, b_parts);
  if (a_parts[0] + a_parts[1] + b_parts[1] > TN_MAX_RANK)
    return FALSE;
  for (int axis = 0; axis < a_parts[0] + a_parts[1]; axis++)
    {
      shape.dims[shape.rank++] = tn_lower_shape (lower, a->tensor)->dims[axis];
      product.labels[product.rank++] = a->labels[axis];
    }
  for (int axis = b->rank - b_parts[1]; axis < b->rank; axis++)
    {
      shape.dims[shape.rank++] = tn_lower_shape (lower, b->tensor)->dims[axis];
      product.labels[product.rank++] = b->labels[axis];
    }
  product.tensor
      = tn_lower_call (lower, &tn_op_batch_matmul, NULL, (TnTensorId[]){ left, right }, 2);
  product.tensor = tn_lower_reshape (lower, product.tensor, &shape);
  *a = product;
  return TRUE;
}

/* Sums over products of @n tensors so that @n_output labels are left, in this order. */
static void
contract (TnLower *lower, Labelled *terms, guint n, const guint *output, guint n_output)
{
  Labelled *result = &terms[0];
  int permutation[TN_MAX_RANK];

  for (guint i = 0; i < n; i++)
    take_diagonals (lower, &terms[i]);
  for (guint i = 0; i < n; i++)
    for (int axis = terms[i].rank - 1; axis >= 0; axis--)
      {
        gboolean wanted = is_among (output, n_output, terms[i].labels[axis]);

        for (guint j = 0; !wanted && j < n; j++)
          wanted = j != i && find_label (&terms[j], terms[i].labels[axis]) >= 0;
        if (!wanted)
          sum_out (lower, &terms[i], axis);
      }
  for (guint i = 1; i < n; i++)
    {
      g_autoptr (GArray) kept = g_array_new (FALSE, FALSE, sizeof (guint));

      g_array_append_vals (kept, output, n_output);
      for (guint j = i + 1; j < n; j++)
        g_array_append_vals (kept, terms[j].labels, (guint)terms[j].rank);
      if (!multiply (lower, result, &terms[i], (const guint *)(gpointer)kept->data, kept->len))
        {
          tn_lower_refuse (lower, _ ("there are too many axes on the way"));
          return;
        }
    }
  /* What was not summed in a product because it was stretched in another one. */
  for (int axis = result->rank - 1; axis >= 0; axis--)
    if (!is_among (output, n_output, result->labels[axis]))
      sum_out (lower, result, axis);
  for (guint i = 0; i < n_output; i++)
    permutation[i] = find_label (result, output[i]);
  permute (lower, result, permutation);
  tn_lower_output (lower, result->tensor);
}

/* ---- the operations ---- */

static Labelled
labelled (TnLower *lower, TnTensorId x, guint first)
{
  Labelled out = { .tensor = x, .rank = tn_lower_shape (lower, x)->rank };

  for (int axis = 0; axis < out.rank; axis++)
    out.labels[axis] = first + (guint)axis;
  return out;
}

/* All labels of both that are not @gone, those of the first one first. */
static void
contract_pair (TnLower *lower, Labelled *terms, const gboolean *gone)
{
  guint output[2 * TN_MAX_RANK], n = 0;

  for (int i = 0; i < 2; i++)
    for (int axis = 0; axis < terms[i].rank; axis++)
      if (!gone[terms[i].labels[axis]])
        output[n++] = terms[i].labels[axis];
  contract (lower, terms, 2, output, n);
}

void
tn_operation_matmul_lower (TnLower *lower)
{
  TnTensorId a, b;
  Labelled terms[2];
  guint output[TN_MAX_RANK], n = 0;
  int batch;

  if (!tn_operation_lower_pair (lower, &a, &b))
    return;
  /* Batch axes are labelled from the last one; the three others after those. */
  terms[0] = labelled (lower, a, 0);
  terms[1] = labelled (lower, b, 0);
  for (int i = 0; i < 2; i++)
    for (int axis = 0; axis < terms[i].rank; axis++)
      terms[i].labels[axis] = (guint)(terms[i].rank - 3 - axis);
  batch = MAX (MAX (terms[0].rank, terms[1].rank) - 2, 0);
  if (terms[0].rank > 1)
    terms[0].labels[terms[0].rank - 2] = TN_MAX_RANK;
  terms[0].labels[terms[0].rank - 1] = TN_MAX_RANK + 1;
  terms[1].labels[MAX (terms[1].rank - 2, 0)] = TN_MAX_RANK + 1;
  if (terms[1].rank > 1)
    terms[1].labels[terms[1].rank - 1] = TN_MAX_RANK + 2;
  while (batch > 0)
    output[n++] = (guint)--batch;
  if (terms[0].rank > 1)
    output[n++] = TN_MAX_RANK;
  if (terms[1].rank > 1)
    output[n++] = TN_MAX_RANK + 2;
  contract (lower, terms, 2, output, n);
}

void
tn_operation_dot_lower (TnLower *lower)
{
  TnTensorId a, b;
  Labelled terms[2];
  gboolean gone[2 * TN_MAX_RANK] = { FALSE };

  if (!tn_operation_lower_pair (lower, &a, &b))
    return;
  terms[0] = labelled (lower, a, 0);
  terms[1] = labelled (lower, b, TN_MAX_RANK);
  if (terms[0].rank > 0 && terms[1].rank > 0)
    {
      terms[1].labels[MAX (terms[1].rank - 2, 0)] = (guint)terms[0].rank - 1;
      gone[terms[0].rank - 1] = TRUE;
    }
  contract_pair (lower, terms, gone);
}

void
tn_operation_outer_lower (TnLower *lower)
{
  TnTensorId a, b;
  TnShape column = { .rank = 2 }, row = { .rank = 2 };

  if (!tn_operation_lower_pair (lower, &a, &b))
    return;
  column.dims[0] = tn_dim (tn_shape_elements (tn_lower_shape (lower, a), 0));
  row.dims[1] = tn_dim (tn_shape_elements (tn_lower_shape (lower, b), 0));
  column.dims[1] = row.dims[0] = tn_dim (1);
  tn_lower_output (lower,
                   tn_lower_binary (lower, TN_BINARY_MULTIPLY, tn_lower_reshape (lower, a, &column),
                                    tn_lower_reshape (lower, b, &row)));
}

void
tn_operation_tensordot_lower (TnLower *lower)
{
  TnTensorId a, b;
  Labelled terms[2];
  gboolean gone[2 * TN_MAX_RANK] = { FALSE };
  int pairs[TN_MAX_RANK][2];
  guint n;

  if (!tn_operation_lower_pair (lower, &a, &b))
    return;
  n = tn_operation_meeting (tn_lower_node (lower), tn_lower_shape (lower, a),
                            tn_lower_shape (lower, b), pairs);
  terms[0] = labelled (lower, a, 0);
  terms[1] = labelled (lower, b, TN_MAX_RANK);
  for (guint i = 0; i < n; i++)
    {
      terms[1].labels[pairs[i][1]] = (guint)pairs[i][0];
      gone[pairs[i][0]] = TRUE;
    }
  contract_pair (lower, terms, gone);
}

/* ---- einsum ---- */

/* Labels of the axes that three dots stand for, counted from the last one; letters are their own.
 */
#define DOTS 256

/* The labels that @text gives to @rank axes, or as many as it names where @dots says how many axes
 * the dots stand for. */
static guint
read_labels (const char *text, int dots, guint *labels)
{
  guint n = 0;

  for (; *text != '\0'; text++)
    if (g_ascii_isalpha (*text))
      labels[n++] = (guint)*text;
    else if (g_str_has_prefix (text, "..."))
      {
        for (int i = dots - 1; i >= 0; i--)
          labels[n++] = DOTS + (guint)i;
        text += 2;
      }
  return n;
}

static int
count_letters (const char *text)
{
  int n = 0;

  for (; *text != '\0'; text++)
    n += g_ascii_isalpha (*text);
  return n;
}

void
tn_operation_einsum_lower (TnLower *lower)
{
  const char *subscripts = tn_node_string (tn_lower_node (lower), 0);
  g_auto (GStrv) sides = g_strsplit (subscripts, "->", 2);
  g_auto (GStrv) inputs = g_strsplit (sides[0], ",", -1);
  g_autofree char *implied = sides[1] == NULL ? tn_operation_implied (sides[0]) : NULL;
  guint n = tn_lower_n_inputs (lower), output[TN_MAX_RANK], n_output;
  g_autofree Labelled *terms = g_new0 (Labelled, n + 1);
  int most = 0;

  for (guint i = 0; i < n; i++)
    {
      int dots;

      terms[i] = labelled (lower, tn_lower_input (lower, i), 0);
      dots = terms[i].rank - count_letters (inputs[i]);
      read_labels (inputs[i], dots, terms[i].labels);
      most = MAX (most, dots);
    }
  n_output = read_labels (implied != NULL ? implied : sides[1], most, output);
  for (guint i = 0; i < n_output; i++)
    if (is_among (output, i, output[i]))
      {
        tn_lower_refuse (lower, _ ("a letter stands twice in what comes out"));
        return;
      }
  contract (lower, terms, n, output, n_output);
}
