/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Singular values of matrices.
 *
 * singular_values: x (…, m, n)  ->  (…, min (m, n)): those of each matrix, largest first. A matrix
 * with something in it that is no finite number has none: they are not numbers. */
#include "ops/tn-op.h"

#include <math.h>

/* Far more than any matrix was seen to need. */
#define MOST_SWEEPS 60

static TnShape
singular_shape (const TnOpCall *call, const TnShape *given)
{
  TnShape shape = *call->inputs[0];

  if (shape.rank < 2)
    tn_op_misuse ("singular_values", call, "there must be matrices in the last two axes");
  shape.rank--;
  shape.dims[shape.rank - 1].size
      = MIN (tn_op_dim (&shape, shape.rank - 1), tn_op_dim (call->inputs[0], shape.rank));
  return shape;
}

/* The sides of each matrix, and how many there are. */
typedef struct
{
  gint64 n, rows, columns, few, many;
  const TnOpData *data;
  const TnKernelContext *context;
} Singular;

static Singular
prepare (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  const TnShape *x = call->inputs[0];
  Singular s = { .n = tn_op_product (x, 0, x->rank - 2),
                 .rows = tn_op_dim (x, x->rank - 2),
                 .columns = tn_op_dim (x, x->rank - 1),
                 .data = data,
                 .context = context };

  s.few = MIN (s.rows, s.columns);
  s.many = MAX (s.rows, s.columns);
  return s;
}

/* Element @i of vector @v: a row or column of the matrix, of which there are few. */
static inline float
element (const Singular *s, const float *x, gint64 v, gint64 i)
{
  return s->rows <= s->columns ? x[v * s->columns + i] : x[i * s->columns + v];
}

static void
sort_down (float *values, gint64 n)
{
  for (gint64 i = 1; i < n; i++)
    {
      float value = values[i];
      gint64 at = i;

      for (; at > 0 && values[at - 1] < value; at--)
        values[at] = values[at - 1];
      values[at] = value;
    }
}

/* Turns vectors @a and @b in their plane till they stand upright on one another; FALSE when they
 * do. */
static gboolean
turn (double *a, double *b, gint64 n)
{
  double aa = 0, bb = 0, ab = 0, zeta, t, c;

  for (gint64 i = 0; i < n; i++)
    {
      aa += a[i] * a[i];
      bb += b[i] * b[i];
      ab += a[i] * b[i];
    }
  if (fabs (ab) <= 1e-14 * sqrt (aa * bb))
    return FALSE;
  zeta = (bb - aa) / (2 * ab);
  t = copysign (1, zeta) / (fabs (zeta) + sqrt (1 + zeta * zeta));
  c = 1 / sqrt (1 + t * t);
  for (gint64 i = 0; i < n; i++)
    {
      double old = a[i];

      a[i] = c * (old - t * b[i]);
      b[i] = c * (t * old + b[i]);
    }
  return TRUE;
}

static void
singular_band (gint64 band, guint worker, gpointer data)
{
  const Singular *s = data;
  const float *x = s->data->inputs[0] + band * s->rows * s->columns;
  float *out = s->data->output + band * s->few;
  double *vectors = tn_kernel_scratch (s->context, worker);
  gboolean turned = TRUE, finite = TRUE;

  for (gint64 v = 0; v < s->few; v++)
    for (gint64 i = 0; i < s->many; i++)
      {
        vectors[v * s->many + i] = element (s, x, v, i);
        finite = finite && isfinite (vectors[v * s->many + i]);
      }
  for (int sweep = 0; finite && turned && sweep < MOST_SWEEPS; sweep++)
    {
      turned = FALSE;
      for (gint64 a = 0; a < s->few; a++)
        for (gint64 b = a + 1; b < s->few; b++)
          turned |= turn (vectors + a * s->many, vectors + b * s->many, s->many);
    }
  for (gint64 v = 0; v < s->few; v++)
    {
      double sum = 0;

      for (gint64 i = 0; i < s->many; i++)
        sum += vectors[v * s->many + i] * vectors[v * s->many + i];
      out[v] = finite ? (float)sqrt (sum) : NAN;
    }
  sort_down (out, s->few);
}

static TnScratch
singular_scratch (const TnOpCall *call)
{
  Singular s = prepare (call, NULL, NULL);

  return (TnScratch){ .worker = (gsize)(s.few * s.many) * sizeof (double) };
}

static void
singular_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  Singular s = prepare (call, data, context);

  if (s.few > 0)
    tn_kernel_for (context, s.n, singular_band, &s);
}

/* Turns rows and columns @p and @q of a symmetric matrix of @n rows till what they share is 0. */
static void
turn_symmetric (long double *g, gint64 n, gint64 p, gint64 q)
{
  long double theta, t, c;

  if (g[p * n + q] == 0)
    return;
  theta = (g[q * n + q] - g[p * n + p]) / (2 * g[p * n + q]);
  t = copysignl (1, theta) / (fabsl (theta) + sqrtl (1 + theta * theta));
  c = 1 / sqrtl (1 + t * t);
  for (int side = 0; side < 2; side++)
    for (gint64 i = 0; i < n; i++)
      {
        long double *a = side == 0 ? &g[p * n + i] : &g[i * n + p];
        long double *b = side == 0 ? &g[q * n + i] : &g[i * n + q];
        long double old = *a;

        *a = c * (old - t * *b);
        *b = c * (t * old + *b);
      }
}

/* By the other road: the roots of the eigenvalues of all products of two rows. */
static void
singular_reference (const TnOpCall *call, const TnOpData *data)
{
  Singular s = prepare (call, data, NULL);
  g_autofree long double *g = g_new (long double, s.few *s.few + 1);

  for (gint64 matrix = 0; s.few > 0 && matrix < s.n; matrix++)
    {
      const float *x = data->inputs[0] + matrix * s.rows * s.columns;
      float *out = data->output + matrix * s.few;
      gboolean finite = TRUE;

      for (gint64 a = 0; a < s.few; a++)
        for (gint64 b = 0; b < s.few; b++)
          {
            g[a * s.few + b] = 0;
            for (gint64 i = 0; i < s.many; i++)
              g[a * s.few + b] += (long double)element (&s, x, a, i) * element (&s, x, b, i);
            finite = finite && isfinite (g[a * s.few + b]);
          }
      for (int sweep = 0; finite && sweep < MOST_SWEEPS; sweep++)
        for (gint64 a = 0; a < s.few; a++)
          for (gint64 b = a + 1; b < s.few; b++)
            turn_symmetric (g, s.few, a, b);
      for (gint64 v = 0; v < s.few; v++)
        out[v] = finite ? (float)sqrtl (MAX (g[v * s.few + v], 0)) : NAN;
      sort_down (out, s.few);
    }
}

static const char *
singular_kernel_name (const TnOpCall *call)
{
  return "one-sided Jacobi";
}

const TnOp tn_op_singular_values = {
  .name = "singular_values",
  .min_inputs = 1,
  .max_inputs = 1,
  .shape = singular_shape,
  .kernel_name = singular_kernel_name,
  .scratch = singular_scratch,
  .kernel = singular_kernel,
  .reference = singular_reference,
};
