/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OpenBLAS, found when this runs: the patches of an image gathered into a matrix, one sgemm an
 * image, then bias, sum and activation in one pass. */
#include "kernels/tn-cpu.h"
#include "models/walk.h"

#include <dlfcn.h>
#include <string.h>

/* The words of every CBLAS. */
enum
{
  ROW_MAJOR = 101,
  NOT_TRANSPOSED = 111,
};

typedef void (*Product) (int order, int transpose_a, int transpose_b, int m, int n, int k,
                         float alpha, const float *a, int a_stride, const float *b, int b_stride,
                         float beta, float *c, int c_stride);

typedef struct
{
  Product product;
  gboolean in_place; /* a patch is a pixel */
  gint64 images, rows, patch, filters;
  float *patches;
} Gathered;

static void
gather (const WalkStep *step, const float *x, float *patches)
{
  const TnOpSettings *s = step->sizes.settings;
  const TnShape *in = step->sizes.inputs[0], *w = step->sizes.inputs[1], *out = step->sizes.output;
  gint64 c = tn_op_dim (in, 3);

  for (gint64 i = 0; i < tn_op_dim (out, 1); i++)
    for (gint64 j = 0; j < tn_op_dim (out, 2); j++)
      for (gint64 u = 0; u < tn_op_dim (w, 0); u++)
        for (gint64 v = 0; v < tn_op_dim (w, 1); v++, patches += c)
          {
            gint64 row = i * MAX (s->stride[0], 1) - s->pad_before[0] + u * MAX (s->dilation[0], 1);
            gint64 column
                = j * MAX (s->stride[1], 1) - s->pad_before[1] + v * MAX (s->dilation[1], 1);

            if (row < 0 || row >= tn_op_dim (in, 1) || column < 0 || column >= tn_op_dim (in, 2))
              memset (patches, 0, c * sizeof *patches);
            else
              memcpy (patches, x + (row * tn_op_dim (in, 2) + column) * c, c * sizeof *patches);
          }
}

static void
finish (const WalkStep *step, float *out, const float *bias, const float *residual, gint64 rows,
        gint64 filters)
{
  for (gint64 i = 0; i < rows; i++, out += filters)
    {
      for (gint64 j = 0; bias != NULL && j < filters; j++)
        out[j] += bias[j];
      for (gint64 j = 0; residual != NULL && j < filters; j++)
        out[j] += residual[i * filters + j];
      if (step->sizes.settings->activation != TN_ACTIVATION_LINEAR)
        tn_activation_apply (step->sizes.settings, out, out, filters);
    }
}

static void
run (WalkStep *step)
{
  const Gathered *g = step->own;
  gint64 pixels = tn_shape_elements (step->sizes.inputs[0], 0) / MAX (g->images, 1);

  for (gint64 i = 0; i < g->images; i++)
    {
      const float *x = step->data.inputs[0] + i * pixels;
      const float *residual = step->data.inputs[3];
      float *out = step->data.output + i * g->rows * g->filters;

      if (!g->in_place)
        gather (step, x, g->patches);
      g->product (ROW_MAJOR, NOT_TRANSPOSED, NOT_TRANSPOSED, (int)g->rows, (int)g->filters,
                  (int)g->patch, 1.0f, g->in_place ? x : g->patches, (int)g->patch,
                  step->data.inputs[1], (int)g->filters, 0.0f, out, (int)g->filters);
      finish (step, out, step->data.inputs[2],
              residual != NULL ? residual + i * g->rows * g->filters : NULL, g->rows, g->filters);
    }
}

static void
take_product (WalkStep *step, Product product)
{
  const TnShape *w = step->sizes.inputs[1];
  Gathered *g = g_new0 (Gathered, 1);

  g->product = product;
  g->in_place = TRUE;
  g->images = 1;
  g->patch = tn_op_dim (w, 0);
  g->filters = tn_op_dim (w, 1);
  g->rows = tn_shape_elements (step->sizes.output, 0) / g->filters;
  step->own = g;
  step->run = run;
}

static void
take_convolution (WalkStep *step, Product product)
{
  const TnOpSettings *s = step->sizes.settings;
  const TnShape *w = step->sizes.inputs[1], *out = step->sizes.output;

  if (s->groups > 1)
    return;
  Gathered *g = g_new0 (Gathered, 1);
  g->product = product;
  g->images = tn_op_dim (out, 0);
  g->rows = tn_op_dim (out, 1) * tn_op_dim (out, 2);
  g->patch = tn_op_dim (w, 0) * tn_op_dim (w, 1) * tn_op_dim (w, 2);
  g->filters = tn_op_dim (w, 3);
  g->in_place = g->patch == tn_op_dim (w, 2) && s->stride[0] <= 1 && s->stride[1] <= 1
                && s->pad_before[0] + s->pad_before[1] + s->pad_after[0] + s->pad_after[1] == 0;
  if (g->in_place)
    {
      g->rows *= g->images;
      g->images = 1;
    }
  else
    g->patches = g_new (float, g->rows * g->patch);
  step->own = g;
  step->run = run;
}

static gpointer
begin (const Subject *subject, gint64 batch, guint threads, const char **absent)
{
  const char *const kernels[TN_N_ISAS] = { NULL, "Haswell", "SkylakeX" };

  /* It goes by lists of models, which newer ones and virtual machines are not in. */
  if (kernels[tn_cpu ()->isa] != NULL)
    g_setenv ("OPENBLAS_CORETYPE", kernels[tn_cpu ()->isa], FALSE);
  gpointer library = dlopen ("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  Product product = library != NULL ? (Product)dlsym (library, "cblas_sgemm") : NULL;

  if (product == NULL)
    {
      *absent = "libopenblas.so.0 is not installed";
      return NULL;
    }
  Walk *walk = walk_new (subject, batch, threads);
  for (guint i = 0; i < walk->n_steps; i++)
    if (walk->steps[i].op == &tn_op_matmul)
      take_product (&walk->steps[i], product);
    else if (walk->steps[i].op == &tn_op_convolution)
      take_convolution (&walk->steps[i], product);
  return walk;
}

const Way way_openblas = { "im2col-openblas", begin, walk_run, walk_output, walk_others };
