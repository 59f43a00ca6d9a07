/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oneDNN: products, convolutions, pooling, recurrent layers and the like by its primitives, with
 * bias, sum and activation fused, weights in the layout of its choice, tensors as Tenon has them.
 */
#include "models/walk.h"

#ifndef TN_WITH_DNNL

static gpointer
begin (const Subject *subject, gint64 batch, guint threads, const char **absent)
{
  *absent = "not there when this was built";
  return NULL;
}

#else

#include <dnnl.h>
#include <string.h>

#define MAX_ARGUMENTS 8

typedef struct
{
  dnnl_engine_t engine;
  dnnl_stream_t stream;
} Library;

/* A step's primitive. */
typedef struct
{
  const Library *library;
  dnnl_primitive_t primitive;
  dnnl_exec_arg_t arguments[MAX_ARGUMENTS];
  int n;
  const TnOpSettings *after; /* an activation that it cannot do itself, over the output; or NULL */
  gint64 elements;
} Primitive;

static void
must (dnnl_status_t status)
{
  if (status != dnnl_success)
    g_error ("oneDNN refuses a call: %d", (int)status);
}

static dnnl_memory_desc_t
describe (int rank, const dnnl_dim_t *dims, dnnl_format_tag_t tag)
{
  dnnl_memory_desc_t md;
  must (dnnl_memory_desc_init_by_tag (&md, rank, dims, dnnl_f32, tag));
  return md;
}

static dnnl_memory_t
memory_at (const Library *library, const dnnl_memory_desc_t *md, const float *at)
{
  dnnl_memory_t memory;
  must (dnnl_memory_create (&memory, md, library->engine,
                            at != NULL ? (void *)at : DNNL_MEMORY_ALLOCATE));
  return memory;
}

static void
argue (Primitive *p, int argument, const dnnl_memory_desc_t *md, const float *at)
{
  g_assert (p->n < MAX_ARGUMENTS);
  p->arguments[p->n++] = (dnnl_exec_arg_t){ argument, memory_at (p->library, md, at) };
}

/* The numbers at @at, laid out as @from, in the layout @to. */
static void
argue_reordered (Primitive *p, int argument, const dnnl_memory_desc_t *from, const float *at,
                 const dnnl_memory_desc_t *to)
{
  const Library *library = p->library;
  dnnl_primitive_desc_t description;
  dnnl_primitive_t reorder;
  dnnl_exec_arg_t arguments[2] = { { DNNL_ARG_FROM, memory_at (library, from, at) },
                                   { DNNL_ARG_TO, memory_at (library, to, NULL) } };

  must (dnnl_reorder_primitive_desc_create (&description, from, library->engine, to,
                                            library->engine, NULL));
  must (dnnl_primitive_create (&reorder, description));
  must (dnnl_primitive_execute (reorder, library->stream, 2, arguments));
  must (dnnl_stream_wait (library->stream));
  must (dnnl_primitive_destroy (reorder));
  must (dnnl_primitive_desc_destroy (description));
  must (dnnl_memory_destroy (arguments[0].memory));
  g_assert (p->n < MAX_ARGUMENTS);
  p->arguments[p->n++] = (dnnl_exec_arg_t){ argument, arguments[1].memory };
}

static void
run (WalkStep *step)
{
  Primitive *p = step->own;

  must (dnnl_primitive_execute (p->primitive, p->library->stream, p->n, p->arguments));
  must (dnnl_stream_wait (p->library->stream));
  if (p->after != NULL)
    tn_activation_apply (p->after, step->data.output, step->data.output, p->elements);
}

/* TRUE when it is one of oneDNN's. */
static gboolean
activation_of (TnActivation activation, dnnl_alg_kind_t *kind, float *alpha)
{
  *alpha = 0.0f;
  switch (activation)
    {
    case TN_ACTIVATION_RELU:
      *kind = dnnl_eltwise_relu;
      return TRUE;
    case TN_ACTIVATION_RELU6:
      *kind = dnnl_eltwise_bounded_relu;
      *alpha = 6.0f;
      return TRUE;
    case TN_ACTIVATION_TANH:
      *kind = dnnl_eltwise_tanh;
      return TRUE;
    case TN_ACTIVATION_SIGMOID:
      *kind = dnnl_eltwise_logistic;
      return TRUE;
    case TN_ACTIVATION_GELU:
      *kind = dnnl_eltwise_gelu_erf;
      return TRUE;
    default:
      return FALSE;
    }
}

/* The sum with the residual, which lies as @result does, and the activation. */
static dnnl_primitive_attr_t
attributes_of (Primitive *p, const WalkStep *step, const float *residual,
               const dnnl_memory_desc_t *result)
{
  dnnl_primitive_attr_t attributes;
  dnnl_post_ops_t after;
  dnnl_alg_kind_t kind;
  float alpha;

  must (dnnl_primitive_attr_create (&attributes));
  must (dnnl_post_ops_create (&after));
  if (residual != NULL)
    {
      must (dnnl_post_ops_append_binary (after, dnnl_binary_add, result));
      argue (p, DNNL_ARG_ATTR_MULTIPLE_POST_OP (0) | DNNL_ARG_SRC_1, result, residual);
    }
  if (activation_of (step->sizes.settings->activation, &kind, &alpha))
    must (dnnl_post_ops_append_eltwise (after, 1.0f, kind, alpha, 0.0f));
  else if (step->sizes.settings->activation != TN_ACTIVATION_LINEAR)
    {
      p->after = step->sizes.settings;
      p->elements = tn_shape_elements (step->sizes.output, 0);
    }
  must (dnnl_primitive_attr_set_post_ops (attributes, after));
  must (dnnl_post_ops_destroy (after));
  return attributes;
}

/* Takes the step over if there is such a primitive; what describes it, else NULL. */
static dnnl_primitive_desc_t
take (WalkStep *step, Primitive *p, const_dnnl_op_desc_t what, dnnl_primitive_attr_t attributes)
{
  dnnl_primitive_desc_t description;

  if (dnnl_primitive_desc_create (&description, what, attributes, p->library->engine, NULL)
      != dnnl_success)
    return NULL;
  must (dnnl_primitive_create (&p->primitive, description));
  step->own = p;
  step->run = run;
  return description;
}

static dnnl_dim_t
dim (const TnShape *shape, int axis)
{
  return tn_op_dim (shape, axis);
}

/* ---- one function for each op ---- */

static void
take_convolution (WalkStep *step, Primitive *p)
{
  const TnOpSettings *s = step->sizes.settings;
  const TnShape *in = step->sizes.inputs[0], *w = step->sizes.inputs[1], *out = step->sizes.output;
  dnnl_dim_t groups = MAX (s->groups, 1);
  dnnl_dims_t x_dims = { dim (in, 0), dim (in, 3), dim (in, 1), dim (in, 2) };
  dnnl_dims_t y_dims = { dim (out, 0), dim (out, 3), dim (out, 1), dim (out, 2) };
  dnnl_dims_t w_dims = { groups, dim (w, 3) / groups, dim (w, 2), dim (w, 0), dim (w, 1) };
  dnnl_dims_t bias_dims = { dim (w, 3) };
  /* Tenon's kernel is (kh, kw, c/groups, groups, f/groups). */
  dnnl_dim_t f = dim (w, 3), c = dim (w, 2);
  dnnl_dims_t w_strides = { f / groups, 1, f, dim (w, 1) * c * f, c * f };
  dnnl_dims_t strides, dilations, before, after;
  int skip = groups == 1;
  dnnl_memory_desc_t x = describe (4, x_dims, dnnl_nhwc), y = describe (4, y_dims, dnnl_nhwc);
  dnnl_memory_desc_t any = describe (5 - skip, w_dims + skip, dnnl_format_tag_any), plain;
  dnnl_memory_desc_t bias = describe (1, bias_dims, dnnl_a);
  dnnl_convolution_desc_t description;
  gboolean has_bias = step->data.inputs[2] != NULL;

  for (int i = 0; i < 2; i++)
    {
      strides[i] = MAX (s->stride[i], 1);
      dilations[i] = MAX (s->dilation[i], 1) - 1;
      before[i] = s->pad_before[i];
      after[i] = (dim (out, i + 1) - 1) * strides[i] + (dim (w, i) - 1) * (dilations[i] + 1) + 1
                 - dim (in, i + 1) - before[i];
    }
  must (dnnl_memory_desc_init_by_strides (&plain, 5 - skip, w_dims + skip, dnnl_f32,
                                          w_strides + skip));
  must (dnnl_dilated_convolution_forward_desc_init (
      &description, dnnl_forward_inference, dnnl_convolution_auto, &x, &any,
      has_bias ? &bias : NULL, &y, strides, dilations, before, after));
  dnnl_primitive_attr_t attributes = attributes_of (p, step, step->data.inputs[3], &y);
  dnnl_primitive_desc_t primitive = take (step, p, &description, attributes);
  if (primitive == NULL)
    return;
  argue (p, DNNL_ARG_SRC, &x, step->data.inputs[0]);
  argue_reordered (p, DNNL_ARG_WEIGHTS, &plain, step->data.inputs[1],
                   dnnl_primitive_desc_query_md (primitive, dnnl_query_weights_md, 0));
  if (has_bias)
    argue (p, DNNL_ARG_BIAS, &bias, step->data.inputs[2]);
  argue (p, DNNL_ARG_DST, &y, step->data.output);
}

static void
take_product (WalkStep *step, Primitive *p)
{
  const TnShape *w = step->sizes.inputs[1];
  dnnl_dim_t k = dim (w, 0), n = dim (w, 1);
  dnnl_dim_t m = tn_shape_elements (step->sizes.output, 0) / n;
  dnnl_dims_t x_dims = { m, k }, y_dims = { m, n }, w_dims = { n, k }, bias_dims = { n };
  dnnl_memory_desc_t x = describe (2, x_dims, dnnl_ab), y = describe (2, y_dims, dnnl_ab);
  dnnl_memory_desc_t plain = describe (2, w_dims, dnnl_ba);
  dnnl_memory_desc_t any = describe (2, w_dims, dnnl_format_tag_any);
  dnnl_memory_desc_t bias = describe (1, bias_dims, dnnl_a);
  dnnl_inner_product_desc_t description;
  gboolean has_bias = step->data.inputs[2] != NULL;

  must (dnnl_inner_product_forward_desc_init (&description, dnnl_forward_inference, &x, &any,
                                              has_bias ? &bias : NULL, &y));
  dnnl_primitive_attr_t attributes = attributes_of (p, step, step->data.inputs[3], &y);
  dnnl_primitive_desc_t primitive = take (step, p, &description, attributes);
  if (primitive == NULL)
    return;
  argue (p, DNNL_ARG_SRC, &x, step->data.inputs[0]);
  argue_reordered (p, DNNL_ARG_WEIGHTS, &plain, step->data.inputs[1],
                   dnnl_primitive_desc_query_md (primitive, dnnl_query_weights_md, 0));
  if (has_bias)
    argue (p, DNNL_ARG_BIAS, &bias, step->data.inputs[2]);
  argue (p, DNNL_ARG_DST, &y, step->data.output);
}

static void
take_batch_product (WalkStep *step, Primitive *p)
{
  dnnl_memory_desc_t mds[3];
  const TnShape *shapes[3] = { step->sizes.inputs[0], step->sizes.inputs[1], step->sizes.output };
  dnnl_matmul_desc_t description;

  for (int i = 0; i < 3; i++)
    {
      dnnl_dims_t dims = { dim (shapes[i], 0), dim (shapes[i], 1), dim (shapes[i], 2) };
      mds[i] = describe (3, dims, dnnl_abc);
    }
  must (dnnl_matmul_desc_init (&description, &mds[0], &mds[1], NULL, &mds[2]));
  dnnl_primitive_desc_t primitive = take (step, p, &description, NULL);
  if (primitive == NULL)
    return;
  argue (p, DNNL_ARG_SRC, &mds[0], step->data.inputs[0]);
  argue (p, DNNL_ARG_WEIGHTS, &mds[1], step->data.inputs[1]);
  argue (p, DNNL_ARG_DST, &mds[2], step->data.output);
}

static void
take_pool (WalkStep *step, Primitive *p)
{
  const TnOpSettings *s = step->sizes.settings;
  const TnShape *in = step->sizes.inputs[0], *out = step->sizes.output;
  gboolean whole = step->op == &tn_op_mean_spatial;
  dnnl_dim_t channels = dim (in, 3);
  dnnl_dims_t x_dims = { dim (in, 0), channels, dim (in, 1), dim (in, 2) };
  dnnl_dims_t y_dims = { dim (in, 0), channels, 1, 1 };
  dnnl_dims_t strides = { 1, 1 }, kernel = { dim (in, 1), dim (in, 2) };
  dnnl_dims_t before = { 0, 0 }, after = { 0, 0 };
  dnnl_pooling_desc_t description;

  for (int i = 0; i < 2 && !whole; i++)
    {
      y_dims[i + 2] = dim (out, i + 1);
      strides[i] = MAX (s->stride[i], 1);
      kernel[i] = s->kernel[i];
      before[i] = s->pad_before[i];
      after[i] = (y_dims[i + 2] - 1) * strides[i] + kernel[i] - dim (in, i + 1) - before[i];
    }
  dnnl_memory_desc_t x = describe (4, x_dims, dnnl_nhwc), y = describe (4, y_dims, dnnl_nhwc);
  dnnl_alg_kind_t kind = step->op == &tn_op_max_pool ? dnnl_pooling_max
                         : s->count_padding          ? dnnl_pooling_avg_include_padding
                                                     : dnnl_pooling_avg_exclude_padding;
  must (dnnl_pooling_forward_desc_init (&description, dnnl_forward_inference, kind, &x, &y, strides,
                                        kernel, before, after));
  dnnl_primitive_desc_t primitive = take (step, p, &description, NULL);
  if (primitive == NULL)
    return;
  argue (p, DNNL_ARG_SRC, &x, step->data.inputs[0]);
  argue (p, DNNL_ARG_DST, &y, step->data.output);
}

static void
take_softmax (WalkStep *step, Primitive *p)
{
  TnLanes lanes = tn_op_lanes (step->sizes.output, step->sizes.settings->axis);
  dnnl_dims_t dims = { lanes.outer, lanes.size, lanes.inner };
  dnnl_memory_desc_t md = describe (3, dims, dnnl_abc);
  dnnl_softmax_desc_t description;

  must (dnnl_softmax_forward_desc_init (&description, dnnl_forward_inference, &md, 1));
  dnnl_primitive_desc_t primitive = take (step, p, &description, NULL);
  if (primitive == NULL)
    return;
  argue (p, DNNL_ARG_SRC, &md, step->data.inputs[0]);
  argue (p, DNNL_ARG_DST, &md, step->data.output);
}

/* A sum of two of one shape; anything else stays. */
static void
take_sum (WalkStep *step, Primitive *p)
{
  gint64 n = tn_shape_elements (step->sizes.output, 0);
  dnnl_dims_t dims = { n };
  dnnl_memory_desc_t md = describe (1, dims, dnnl_a);
  dnnl_binary_desc_t description;

  for (int i = 0; i < 2; i++)
    if (tn_shape_elements (step->sizes.inputs[i], 0) != n)
      return;
  if (step->sizes.settings->binary != TN_BINARY_ADD)
    return;
  must (dnnl_binary_desc_init (&description, dnnl_binary_add, &md, &md, &md));
  dnnl_primitive_attr_t attributes = attributes_of (p, step, NULL, &md);
  dnnl_primitive_desc_t primitive = take (step, p, &description, attributes);
  if (primitive == NULL)
    return;
  argue (p, DNNL_ARG_SRC_0, &md, step->data.inputs[0]);
  argue (p, DNNL_ARG_SRC_1, &md, step->data.inputs[1]);
  argue (p, DNNL_ARG_DST, &md, step->data.output);
}

static void
take_normalization (WalkStep *step, Primitive *p)
{
  const TnOpSettings *s = step->sizes.settings;
  dnnl_dim_t n = tn_shape_elements (step->sizes.output, s->axis);
  dnnl_dim_t rows = tn_shape_elements (step->sizes.output, 0) / MAX (n, 1);
  dnnl_dims_t dims = { rows, n }, row_dims = { n }, stat_dims = { rows };
  dnnl_memory_desc_t md = describe (2, dims, dnnl_ab), row = describe (1, row_dims, dnnl_a);
  dnnl_memory_desc_t stat = describe (1, stat_dims, dnnl_a);
  dnnl_layer_normalization_desc_t description;
  unsigned flags = (step->data.inputs[1] != NULL ? dnnl_use_scale : 0)
                   | (step->data.inputs[2] != NULL ? dnnl_use_shift : 0);

  if (s->normalize != TN_NORMALIZE_MOMENTS)
    return;
  must (dnnl_layer_normalization_forward_desc_init (&description, dnnl_forward_inference, &md,
                                                    &stat, s->epsilon, flags));
  dnnl_primitive_desc_t primitive = take (step, p, &description, NULL);
  if (primitive == NULL)
    return;
  argue (p, DNNL_ARG_SRC, &md, step->data.inputs[0]);
  argue (p, DNNL_ARG_DST, &md, step->data.output);
  if (flags & dnnl_use_scale)
    argue (p, DNNL_ARG_SCALE, &row, step->data.inputs[1]);
  if (flags & dnnl_use_shift)
    argue (p, DNNL_ARG_SHIFT, &row, step->data.inputs[2]);
}

/* The step that alone makes what a recurrent one goes through: the input times the kernel. */
static WalkStep *
product_before (Walk *walk, const WalkStep *step)
{
  for (WalkStep *before = walk->steps; before < step; before++)
    if (before->op == &tn_op_matmul && before->output == step->inputs[0]
        && before->data.inputs[3] == NULL && walk_readers (walk, before->output, 0) == 1
        && before->sizes.settings->activation == TN_ACTIVATION_LINEAR)
      return before;
  return NULL;
}

/* Both products of an LSTM in one; where there is nothing but the plain cell. What is given out of
 * each step goes to memory of its own if only the last one is wanted. */
static void
take_lstm (WalkStep *step, Primitive *p)
{
  const TnOpSettings *s = step->sizes.settings;
  const TnShape *steps = step->sizes.inputs[0];
  dnnl_dim_t n = dim (steps, 0), t = dim (steps, 1), u = dim (steps, 2) / 4;
  WalkStep *product = product_before (step->walk, step);
  dnnl_rnn_desc_t description;

  if (product == NULL || s->backwards || s->states || s->activation != TN_ACTIVATION_TANH
      || s->gate != TN_ACTIVATION_SIGMOID)
    return;
  for (guint i = 2; i < step->n_inputs; i++)
    if (step->data.inputs[i] != NULL)
      return;
  const float *bias_numbers = product->data.inputs[2];
  dnnl_dim_t c = dim (product->sizes.inputs[1], 0);
  dnnl_dims_t x_dims = { t, n, c }, x_strides = { c, t * c, 1 };
  dnnl_dims_t y_dims = { t, n, u }, y_strides = { u, t * u, 1 };
  dnnl_dims_t w_dims = { 1, 1, c, 4, u }, r_dims = { 1, 1, u, 4, u }, bias_dims = { 1, 1, 4, u };
  dnnl_dims_t last_dims = { 1, 1, n, u };
  dnnl_memory_desc_t x, y, none = { 0 };
  dnnl_memory_desc_t w = describe (5, w_dims, dnnl_format_tag_any);
  dnnl_memory_desc_t r = describe (5, r_dims, dnnl_format_tag_any);
  dnnl_memory_desc_t plain_w = describe (5, w_dims, dnnl_ldigo);
  dnnl_memory_desc_t plain_r = describe (5, r_dims, dnnl_ldigo);
  dnnl_memory_desc_t bias = describe (4, bias_dims, dnnl_ldgo);
  dnnl_memory_desc_t last = describe (4, last_dims, dnnl_ldnc);

  must (dnnl_memory_desc_init_by_strides (&x, 3, x_dims, dnnl_f32, x_strides));
  must (dnnl_memory_desc_init_by_strides (&y, 3, y_dims, dnnl_f32, y_strides));
  must (dnnl_lstm_forward_desc_init (
      &description, dnnl_forward_inference, dnnl_unidirectional_left2right, &x, &none, &none, &w,
      &r, bias_numbers != NULL ? &bias : &none, &y, s->sequences ? &none : &last,
      s->sequences ? &none : &last, 0));
  dnnl_primitive_desc_t primitive = take (step, p, &description, NULL);
  if (primitive == NULL)
    return;
  product->skipped = TRUE;
  argue (p, DNNL_ARG_SRC_LAYER, &x, product->data.inputs[0]);
  argue_reordered (p, DNNL_ARG_WEIGHTS_LAYER, &plain_w, product->data.inputs[1],
                   dnnl_primitive_desc_query_md (primitive, dnnl_query_weights_md, 0));
  argue_reordered (p, DNNL_ARG_WEIGHTS_ITER, &plain_r, step->data.inputs[1],
                   dnnl_primitive_desc_query_md (primitive, dnnl_query_weights_md, 1));
  if (bias_numbers != NULL)
    argue (p, DNNL_ARG_BIAS, &bias, bias_numbers);
  argue (p, DNNL_ARG_DST_LAYER, &y, s->sequences ? step->data.output : NULL);
  if (!s->sequences)
    {
      argue (p, DNNL_ARG_DST_ITER, &last, step->data.output);
      argue (p, DNNL_ARG_DST_ITER_C, &last, NULL);
    }
}

static const struct
{
  const TnOp *op;
  void (*take) (WalkStep *step, Primitive *p);
} takers[] = {
  { &tn_op_convolution, take_convolution },
  { &tn_op_lstm, take_lstm },
  { &tn_op_matmul, take_product },
  { &tn_op_batch_matmul, take_batch_product },
  { &tn_op_max_pool, take_pool },
  { &tn_op_average_pool, take_pool },
  { &tn_op_mean_spatial, take_pool },
  { &tn_op_softmax, take_softmax },
  { &tn_op_binary, take_sum },
  { &tn_op_normalize, take_normalization },
};

static gpointer
begin (const Subject *subject, gint64 batch, guint threads, const char **absent)
{
  Walk *walk = walk_new (subject, batch, threads);
  Library *library = g_new0 (Library, 1);

  must (dnnl_engine_create (&library->engine, dnnl_cpu, 0));
  must (dnnl_stream_create (&library->stream, library->engine, dnnl_stream_default_flags));
  for (guint i = 0; i < walk->n_steps; i++)
    for (guint j = 0; j < G_N_ELEMENTS (takers); j++)
      if (walk->steps[i].op == takers[j].op)
        {
          Primitive *p = g_new0 (Primitive, 1);
          p->library = library;
          takers[j].take (&walk->steps[i], p);
        }
  return walk;
}

#endif

const Way way_onednn = { "onednn", begin, walk_run, walk_output, walk_others };
