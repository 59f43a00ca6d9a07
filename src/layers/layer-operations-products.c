/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations that multiply and sum: matmul, dot, outer, tensordot, einsum. */
#include <string.h>

#include "layers/tn-operations.h"

static const char *const pair[] = { "x1", "x2", NULL };
static const TnParam pair_params[] = { TN_PARAM_OPERAND ("x1"), TN_PARAM_OPERAND ("x2") };

static gboolean
read_pair (TnRule *rule, TnShape *a, TnShape *b)
{
  guint slot = 0;

  return tn_operation_operand (rule, 0, &slot, a) && tn_operation_operand (rule, 1, &slot, b);
}

static void
refuse (TnRule *rule, const TnShape *a, const TnShape *b)
{
  g_autofree char *one = tn_shape_to_text (a);
  g_autofree char *other = tn_shape_to_text (b);

  tn_rule_issue (rule, TN_SEVERITY_ERROR, "merge-shape", (int)tn_rule_n_inputs (rule) - 1,
                 _ ("%s sums over an axis of %s and one of %s, which must be of one size."),
                 tn_node_name (tn_rule_node (rule)), one, other);
}

/* ---- matmul ---- */

static void
matmul_shapes (TnRule *rule)
{
  TnShape a, b, left, right, output;

  if (!read_pair (rule, &a, &b))
    return;
  if (a.rank == 0 || b.rank == 0)
    {
      refuse (rule, &a, &b);
      return;
    }
  left = a;
  right = b;
  if (a.rank == 1)
    left = (TnShape){ .rank = 2, .dims = { tn_dim (1), a.dims[0] } };
  if (b.rank == 1)
    right = (TnShape){ .rank = 2, .dims = { b.dims[0], tn_dim (1) } };
  if (!tn_dim_compatible (left.dims[left.rank - 1], right.dims[right.rank - 2]))
    {
      refuse (rule, &a, &b);
      return;
    }
  {
    TnDim rows = left.dims[left.rank - 2], columns = right.dims[right.rank - 1];

    left.rank -= 2;
    right.rank -= 2;
    if (!tn_operation_broadcast (&left, &right, &output))
      {
        tn_operation_mismatch (rule, &a, &b);
        return;
      }
    if (a.rank > 1)
      output.dims[output.rank++] = rows;
    if (b.rank > 1)
      output.dims[output.rank++] = columns;
  }
  tn_rule_output (rule, &output);
}

static const TnLayerExample matmul_examples[] = {
  { "", "(None, 6, 8); (None, 8, 3)", "(None, 6, 3)", NULL },
  { "", "(None, 6, 8); (8, 3)", "(None, 6, 3)", NULL },
  { "", "(None, 8); (8,)", "(None,)", NULL },
  { "", "(8,); (None, 8, 3)", "(None, 3)", NULL },
  { "x2=[[1, 2, 3], [4, 5, 6]]", "(None, 2)", "(None, 3)", NULL },
  { "", "(None, 6, 8); (None, 7, 3)", NULL, "merge-shape" },
  { "", "(2, 6, 8); (3, 8, 3)", NULL, "merge-shape" },
  { NULL },
};

TN_OPERATION (matmul, TN_OPS_NUMPY, "Matmul", "matmul", pair_params, pair, 1, 2, 1, matmul_shapes,
              N_ ("Multiplies matrices, which stand in the last two axes."), matmul_examples,
              tn_operation_matmul_lower);

/* ---- dot, outer, tensordot ---- */

/* All of @a but axes counted in @a_gone, then all of @b but those in @b_gone. */
static void
contract (TnRule *rule, const TnShape *a, const TnShape *b, const gboolean *a_gone,
          const gboolean *b_gone)
{
  TnShape output = { .rank = 0 };
  int rank = 0;

  for (int axis = 0; axis < a->rank; axis++)
    rank += !a_gone[axis];
  for (int axis = 0; axis < b->rank; axis++)
    rank += !b_gone[axis];
  if (!tn_operation_rank (rule, rank))
    return;
  for (int axis = 0; axis < a->rank; axis++)
    if (!a_gone[axis])
      output.dims[output.rank++] = a->dims[axis];
  for (int axis = 0; axis < b->rank; axis++)
    if (!b_gone[axis])
      output.dims[output.rank++] = b->dims[axis];
  tn_rule_output (rule, &output);
}

static void
dot_shapes (TnRule *rule)
{
  TnShape a, b;
  gboolean a_gone[TN_MAX_RANK] = { FALSE }, b_gone[TN_MAX_RANK] = { FALSE };

  if (!read_pair (rule, &a, &b))
    return;
  if (a.rank > 0 && b.rank > 0)
    {
      int last = a.rank - 1, other = MAX (b.rank - 2, 0);

      if (!tn_dim_compatible (a.dims[last], b.dims[other]))
        {
          refuse (rule, &a, &b);
          return;
        }
      a_gone[last] = b_gone[other] = TRUE;
    }
  contract (rule, &a, &b, a_gone, b_gone);
}

static const TnLayerExample dot_examples[] = {
  { "", "(None, 8); (8, 3)", "(None, 3)", NULL },
  { "", "(4, 6, 8); (2, 8, 3)", "(4, 6, 2, 3)", NULL },
  { "", "(4, 8); (8,)", "(4,)", NULL },
  { "x2=2", "(4, 8)", "(4, 8)", NULL },
  { "", "(None, 8); (7, 3)", NULL, "merge-shape" },
  { NULL },
};

TN_OPERATION (dot, TN_OPS_NUMPY, "Dot", "dot", pair_params, pair, 1, 2, 1, dot_shapes,
              N_ ("Sums over the last axis of one tensor and the last but one of another."),
              dot_examples, tn_operation_dot_lower);

static void
outer_shapes (TnRule *rule)
{
  TnShape a, b, output = { .rank = 2 };

  if (!read_pair (rule, &a, &b))
    return;
  output.dims[0] = a.rank > 0 ? tn_rule_product (rule, &a, 0, a.rank) : tn_dim (1);
  output.dims[1] = b.rank > 0 ? tn_rule_product (rule, &b, 0, b.rank) : tn_dim (1);
  tn_rule_output (rule, &output);
}

static const TnLayerExample outer_examples[] = {
  { "", "(3,); (2, 4)", "(3, 8)", NULL },
  { NULL },
};

TN_OPERATION (outer, TN_OPS_NUMPY, "Outer", "outer", pair_params, pair, 1, 2, 1, outer_shapes,
              N_ ("Multiplies each number of one tensor with each of another."), outer_examples,
              tn_operation_outer_lower);

enum
{
  TENSORDOT_X1,
  TENSORDOT_X2,
  TENSORDOT_AXES,
};

static const TnParam tensordot_params[] = {
  [TENSORDOT_X1] = TN_PARAM_OPERAND ("x1"),
  [TENSORDOT_X2] = TN_PARAM_OPERAND ("x2"),
  [TENSORDOT_AXES] = { .name = "axes",
                       .label = N_ ("Axes"),
                       .kind = TN_PARAM_NUMBERS,
                       .flags = TN_PARAM_UNBOUNDED,
                       .fallback = TN_DEFAULT_INT (2),
                       .help = N_ ("How many of the last axes meet the first ones, or two lists "
                                   "of axes that meet.") },
};

/* Axis number @number of those of side @side. */
static gint64
tensordot_axis (const TnValue *axes, guint side, guint number)
{
  const TnValue *list = tn_value_at (axes, side);
  const TnValue *item = list;

  if (tn_value_kind (list) == TN_VALUE_LIST)
    item = number < tn_value_size (list) ? tn_value_at (list, number) : NULL;
  return item != NULL && tn_value_kind (item) == TN_VALUE_INT ? tn_value_int (item) : G_MININT32;
}

guint
tn_operation_meeting (const TnNode *node, const TnShape *a, const TnShape *b, int (*pairs)[2])
{
  g_autoptr (TnValue) axes = tn_node_value (node, TENSORDOT_AXES);
  gboolean lists = tn_value_kind (axes) == TN_VALUE_LIST;
  const TnValue *list = lists ? tn_value_at (axes, 0) : NULL;
  guint n = !lists                                  ? (guint)tn_value_int (axes)
            : tn_value_kind (list) == TN_VALUE_LIST ? (guint)tn_value_size (list)
                                                    : 1;

  for (guint i = 0; i < n; i++)
    {
      pairs[i][0] = tn_shape_axis (a, lists ? tensordot_axis (axes, 0, i)
                                            : (gint64)a->rank - (gint64)n + (gint64)i);
      pairs[i][1] = tn_shape_axis (b, lists ? tensordot_axis (axes, 1, i) : (gint64)i);
    }
  return n;
}

static void
tensordot_shapes (TnRule *rule)
{
  TnShape a, b;
  gboolean a_gone[TN_MAX_RANK] = { FALSE }, b_gone[TN_MAX_RANK] = { FALSE };
  g_autoptr (TnValue) axes = tn_node_value (tn_rule_node (rule), TENSORDOT_AXES);
  gboolean lists = tn_value_kind (axes) == TN_VALUE_LIST;
  gint64 n;

  if (!read_pair (rule, &a, &b) || (lists && tn_value_size (axes) != 2)
      || (!lists && tn_value_kind (axes) != TN_VALUE_INT))
    return;
  n = lists ? (gint64)MAX (
          MAX (tn_value_size (tn_value_at (axes, 0)), tn_value_size (tn_value_at (axes, 1))), 1)
            : tn_value_int (axes);
  for (gint64 i = 0; i < n; i++)
    {
      int one, other;

      if (!tn_operation_axis (rule, &a, lists ? tensordot_axis (axes, 0, (guint)i) : a.rank - n + i,
                              &one)
          || !tn_operation_axis (rule, &b, lists ? tensordot_axis (axes, 1, (guint)i) : i, &other))
        return;
      if (!tn_dim_compatible (a.dims[one], b.dims[other]))
        {
          refuse (rule, &a, &b);
          return;
        }
      a_gone[one] = b_gone[other] = TRUE;
    }
  contract (rule, &a, &b, a_gone, b_gone);
}

static const TnLayerExample tensordot_examples[] = {
  { "axes=1", "(None, 6, 8); (8, 3)", "(None, 6, 3)", NULL },
  { "axes=[[1], [0]]", "(None, 6, 8); (6, 3)", "(None, 8, 3)", NULL },
  { "axes=[-1, 0]", "(None, 6); (6, 3)", "(None, 3)", NULL },
  { "axes=1", "(None, 6, 8); (7, 3)", NULL, "merge-shape" },
  { NULL },
};

TN_OPERATION (tensordot, TN_OPS_NUMPY, "Tensordot", "tensordot", tensordot_params, pair, 1, 2, 1,
              tensordot_shapes, N_ ("Sums over axes of two tensors."), tensordot_examples,
              tn_operation_tensordot_lower);

/* ---- einsum ---- */

static const char *const operands[] = { "*operands", NULL };
static const TnParam einsum_params[] = {
  { .name = "subscripts",
    .label = N_ ("Subscripts"),
    .kind = TN_PARAM_STRING,
    .flags = TN_PARAM_REQUIRED,
    .suggestion = "'ab->ab'",
    .help = N_ ("A letter for each axis of each input and of the output: ij,jk->ik.") },
};

/* What is known of the letters, and of the axes that three dots stand for. */
typedef struct
{
  gboolean known[128];
  TnDim sizes[128];
  TnShape dots;
} Letters;

static void
refuse_subscripts (TnRule *rule)
{
  TnIssue *issue
      = tn_rule_issue (rule, TN_SEVERITY_ERROR, "einsum-shape", -1,
                       _ ("%s: the subscripts %s do not fit what arrives."),
                       tn_node_name (tn_rule_node (rule)), tn_node_string (tn_rule_node (rule), 0));

  if (issue != NULL)
    issue->param = "subscripts";
}

static gboolean
is_letter (char c)
{
  return g_ascii_isalpha (c);
}

/* Takes the letters of one input, from @text of @length. FALSE when they do not fit. */
static gboolean
read_letters (Letters *letters, const char *text, gsize length, const TnShape *shape)
{
  int named = 0, axis = 0;

  for (gsize i = 0; i < length; i++)
    named += is_letter (text[i]);
  for (gsize i = 0; i < length; i++)
    if (is_letter (text[i]))
      {
        guint letter = (guint)text[i];

        if (axis >= shape->rank)
          return FALSE;
        if (!letters->known[letter] || letters->sizes[letter].size == 1)
          letters->sizes[letter] = shape->dims[axis];
        else if (shape->dims[axis].size != 1
                 && !tn_dim_compatible (letters->sizes[letter], shape->dims[axis]))
          return FALSE;
        else if (!tn_dim_is_known (letters->sizes[letter]) && tn_dim_is_known (shape->dims[axis])
                 && shape->dims[axis].size != 1)
          letters->sizes[letter] = shape->dims[axis];
        letters->known[letter] = TRUE;
        axis++;
      }
    else if (text[i] == '.')
      {
        TnShape dots = { .rank = 0 };

        if (length - i < 3 || strncmp (text + i, "...", 3) != 0 || named > shape->rank)
          return FALSE;
        while (dots.rank < shape->rank - named)
          dots.dims[dots.rank++] = shape->dims[axis++];
        if (!tn_operation_broadcast (&letters->dots, &dots, &letters->dots))
          return FALSE;
        i += 2;
      }
    else if (text[i] != ' ')
      return FALSE;
  return axis == shape->rank;
}

static gboolean
write_letters (const Letters *letters, const char *text, TnShape *output)
{
  *output = (TnShape){ .rank = 0 };
  for (gsize i = 0; text[i] != '\0'; i++)
    if (is_letter (text[i]))
      {
        if (!letters->known[(guint)text[i]] || output->rank == TN_MAX_RANK)
          return FALSE;
        output->dims[output->rank++] = letters->sizes[(guint)text[i]];
      }
    else if (strncmp (text + i, "...", 3) == 0)
      {
        if (output->rank + letters->dots.rank > TN_MAX_RANK)
          return FALSE;
        for (int axis = 0; axis < letters->dots.rank; axis++)
          output->dims[output->rank++] = letters->dots.dims[axis];
        i += 2;
      }
    else if (text[i] != ' ')
      return FALSE;
  return TRUE;
}

/* Without an arrow what stands once comes out, in the order of the alphabet. */
char *
tn_operation_implied (const char *inputs)
{
  GString *text = g_string_new (strstr (inputs, "...") != NULL ? "..." : NULL);

  for (char letter = 'A'; letter <= 'z'; letter++)
    {
      const char *first = is_letter (letter) ? strchr (inputs, letter) : NULL;

      if (first != NULL && strchr (first + 1, letter) == NULL)
        g_string_append_c (text, letter);
    }
  return g_string_free (text, FALSE);
}

static void
einsum_shapes (TnRule *rule)
{
  g_auto (GStrv) sides = g_strsplit (tn_node_string (tn_rule_node (rule), 0), "->", 2);
  g_auto (GStrv) inputs = g_strsplit (sides[0] != NULL ? sides[0] : "", ",", -1);
  g_autofree char *implied
      = sides[0] != NULL && sides[1] == NULL ? tn_operation_implied (sides[0]) : NULL;
  Letters letters = { .dots = { .rank = 0 } };
  TnShape output;
  guint n = tn_rule_n_inputs (rule);
  gboolean good = g_strv_length (inputs) == n;

  for (guint slot = 0; good && slot < n; slot++)
    {
      TnShape shape = tn_rule_input (rule, slot);

      good = read_letters (&letters, inputs[slot], strlen (inputs[slot]), &shape);
    }
  if (good && sides[0] != NULL
      && write_letters (&letters, implied != NULL ? implied : sides[1], &output))
    tn_rule_output (rule, &output);
  else
    refuse_subscripts (rule);
}

static const TnLayerExample einsum_examples[] = {
  { "subscripts='bij,bjk->bik'", "(None, 6, 8); (None, 8, 3)", "(None, 6, 3)", NULL },
  { "subscripts='...i,ij->...j'", "(None, 6, 8); (8, 3)", "(None, 6, 3)", NULL },
  { "subscripts='bi,bi'", "(4, 6); (4, 6)", "()", NULL },
  { "subscripts='ba'", "(4, 6)", "(6, 4)", NULL },
  { "subscripts='bij,bjk->bik'", "(None, 6, 8); (None, 7, 3)", NULL, "einsum-shape" },
  { "subscripts='bij->b'", "(None, 6)", NULL, "einsum-shape" },
  { NULL },
};

TN_OPERATION (einsum, TN_OPS_NUMPY, "Einsum", "einsum", einsum_params, operands, 1, G_MAXUINT, 1,
              einsum_shapes, N_ ("Multiplies and sums as letters for the axes say."),
              einsum_examples, tn_operation_einsum_lower);

const TnLayer *const tn_layers_operations_products[]
    = { &operation_matmul,    &operation_dot,    &operation_outer,
        &operation_tensordot, &operation_einsum, NULL };
