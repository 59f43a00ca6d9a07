/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recurrent cells taken through a sequence: simple_rnn, lstm, gru.
 *
 * x (n, t, g·u), recurrent kernel (u, g·u), recurrent bias (g·u)?, h (n, u)?, c (n, u)?, mask
 * (n, t)?  ->  (n, rows, u), where x are the steps already multiplied by the kernel, with its bias
 * added, h and c the states to begin with (zeros), and a step whose mask is 0 changes nothing.
 * g = 1: h' = act (x + h·R)
 * g = 4: i, f, c̃, o; c' = gate (f)·c + gate (i)·act (c̃), h' = gate (o)·act (c')
 * g = 3: z, r, h̃; h' = gate (z)·h + (1 − gate (z))·act (h̃), with h̃ = x + (gate (r)·h)·R, or with
 * settings.reset_after x + gate (r)·(h·R + bias).
 * The rows: what comes of each step in the order gone through (settings.sequences), or of the last
 * one only; then, with settings.states, h and (lstm) c after it.
 * Settings: activation, params, gate, gate_param, backwards, sequences, states, zero_masked. */
#include "kernels/tn-blis.h"
#include "kernels/tn-function.h"
#include "kernels/tn-panels.h"
#include "ops/tn-op.h"

#include <string.h>

enum
{
  IN_X,
  IN_KERNEL,
  IN_BIAS,
  IN_H,
  IN_C,
  IN_MASK,
  N_INPUTS,
};

/* The most samples that go through the sequence together, and multiply-adds they do between two
 * looks at whether the run is to be given up. */
#define BLOCK_SAMPLES 16
#define CHUNK_MACS    (8 * 1000 * 1000)
/* With so few samples and so many weights a step's columns are handed out instead. */
#define WIDE_SAMPLES 7
#define WIDE_WEIGHTS (512 * 1024)
#define WIDE_PANELS  4

typedef struct
{
  const TnOpSettings *settings;
  TnOpSettings gate; /* activation and params of the gates */
  gint64 n, t, u, gates;
  gint64 rows;     /* of a sample's output */
  gint64 from, to; /* steps of this chunk */
  gint64 block;    /* samples of a band */
  float *h, *c;    /* states; c NULL: none */
  gboolean apart;  /* the candidate of a gru is multiplied after its gates */
  gboolean usual;  /* tanh and sigmoid */
  gboolean packed, wide;
  TnPanels panels, candidate; /* where packed: all columns, or but the candidate's, and those */
  const float *columns, *candidate_columns;
  float *products; /* of all samples, where wide */
  const TnOpData *data;
  const TnKernelContext *context;
} Recurrence;

static TnShape
recurrent_shape (const TnOpCall *call, const char *name, gint64 gates, gint64 states)
{
  const TnShape *x = call->inputs[IN_X];
  const TnShape *kernel = call->inputs[IN_KERNEL];
  gint64 units;

  if (x->rank != 3 || kernel->rank != 2)
    tn_op_misuse (name, call, "x must have 3 dims, the kernel 2");
  units = tn_op_dim (kernel, 0);
  if (tn_op_dim (x, 2) != gates * units || tn_op_dim (kernel, 1) != gates * units)
    tn_op_misuse (name, call, "x and the kernel must be gates times units wide");
  if (call->inputs[IN_BIAS] != NULL
      && (call->inputs[IN_BIAS]->rank != 1
          || tn_op_dim (call->inputs[IN_BIAS], 0) != gates * units))
    tn_op_misuse (name, call, "the bias must be gates times units wide");
  for (guint i = IN_H; i <= IN_MASK; i++)
    if (call->inputs[i] != NULL
        && (call->inputs[i]->rank != 2 || tn_op_dim (call->inputs[i], 0) != tn_op_dim (x, 0)
            || tn_op_dim (call->inputs[i], 1) != (i == IN_MASK ? tn_op_dim (x, 1) : units)))
      tn_op_misuse (name, call, "states must be (n, units), the mask (n, steps)");
  return (TnShape){ .rank = 3,
                    .dims = { x->dims[0],
                              tn_dim ((call->settings->sequences ? tn_op_dim (x, 1) : 1)
                                      + (call->settings->states ? states : 0)),
                              tn_dim (units) } };
}

static Recurrence
recurrence (const TnOpCall *call)
{
  Recurrence r = { .settings = call->settings,
                   .n = tn_op_dim (call->inputs[IN_X], 0),
                   .t = tn_op_dim (call->inputs[IN_X], 1),
                   .u = tn_op_dim (call->inputs[IN_KERNEL], 0),
                   .rows = tn_op_dim (call->output, 1) };

  r.gates = r.u > 0 ? tn_op_dim (call->inputs[IN_KERNEL], 1) / r.u : 0;
  r.gate.activation = call->settings->gate;
  r.gate.params[0] = call->settings->gate_param;
  r.block = BLOCK_SAMPLES;
  r.usual = call->settings->activation == TN_ACTIVATION_TANH
            && call->settings->gate == TN_ACTIVATION_SIGMOID;
  r.apart = r.gates == 3 && !call->settings->reset_after;
  return r;
}

/* The same with packed weights; FALSE: they are not. */
static gboolean
plan_packed (const TnOpCall *call, Recurrence *r)
{
  const TnIsa isa = tn_cpu ()->isa;

  *r = recurrence (call);
  if (call->settings->kernels == TN_KERNELS_BLIS
      || !tn_panels_init (&r->panels, r->u, (r->apart ? 2 : r->gates) * r->u, isa)
      || (r->apart && !tn_panels_init (&r->candidate, r->u, r->u, isa)))
    return FALSE;
  /* Whole tiles, and two bands where there are two samples. */
  r->block = CLAMP ((r->n + 1) / 2, 1, 14);
  r->wide = r->n <= WIDE_SAMPLES && (double)r->gates * r->u * r->u >= WIDE_WEIGHTS;
  r->packed = TRUE;
  return TRUE;
}

static Recurrence
planned (const TnOpCall *call)
{
  Recurrence r;
  return call->packed && plan_packed (call, &r) ? r : recurrence (call);
}

static gsize
recurrent_packed (const TnOpCall *call)
{
  Recurrence r;
  if (!plan_packed (call, &r))
    return 0;
  return (tn_panels_floats (&r.panels) + (r.apart ? tn_panels_floats (&r.candidate) : 0))
         * sizeof (float);
}

static void
recurrent_pack (const TnOpCall *call, const float *weights, gpointer packed)
{
  Recurrence r;
  if (!plan_packed (call, &r))
    return;
  tn_panels_pack (&r.panels, weights, r.gates * r.u, 1, packed);
  if (r.apart)
    tn_panels_pack (&r.candidate, weights + 2 * r.u, r.gates * r.u, 1,
                    (float *)packed + tn_panels_floats (&r.panels));
}

static guint64
recurrent_layout (const TnOpCall *call)
{
  Recurrence r;
  return plan_packed (call, &r) ? (guint64)(tn_cpu ()->isa + 1) << 1 | (r.apart != FALSE) : 0;
}

/* The step of the sequence that comes @order-th. */
static gint64
step_at (const Recurrence *r, gint64 order)
{
  return r->settings->backwards ? r->t - 1 - order : order;
}

/* @z holds h·R of a sample and its bias, and of simple_rnn and lstm what arrives as well, which is
 * @x. The new states replace the old. */
typedef void (*CellFunc) (const Recurrence *r, const float *x, float *z, float *h, float *c);

static void
simple_cell (const Recurrence *r, const float *x, float *z, float *h, float *c)
{
  tn_activation_apply (r->settings, z, h, r->u);
}

static void
lstm_cell (const Recurrence *r, const float *x, float *z, float *h, float *c)
{
  gint64 u = r->u;

  if (r->usual)
    {
      tn_function_set (tn_cpu ()->isa)->lstm (z, h, c, u);
      return;
    }
  tn_activation_apply (&r->gate, z, z, 2 * u);
  tn_activation_apply (r->settings, z + 2 * u, z + 2 * u, u);
  tn_activation_apply (&r->gate, z + 3 * u, z + 3 * u, u);
  for (gint64 i = 0; i < u; i++)
    c[i] = z[u + i] * c[i] + z[i] * z[2 * u + i];
  tn_activation_apply (r->settings, c, h, u);
  for (gint64 i = 0; i < u; i++)
    h[i] *= z[3 * u + i];
}

/* The gates, and what the candidate's product is made of where that comes after the reset gate. */
static void
gru_gates (const Recurrence *r, const float *x, float *z, const float *h)
{
  gint64 u = r->u;

  for (gint64 i = 0; i < 2 * u; i++)
    z[i] += x[i];
  tn_activation_apply (&r->gate, z, z, 2 * u);
  for (gint64 i = 0; r->apart && i < u; i++)
    z[u + i] *= h[i];
}

static void
gru_finish (const Recurrence *r, float *z, float *h)
{
  gint64 u = r->u;

  tn_activation_apply (r->settings, z + 2 * u, z + 2 * u, u);
  for (gint64 i = 0; i < u; i++)
    h[i] = z[i] * h[i] + (1.0f - z[i]) * z[2 * u + i];
}

static void
gru_cell (const Recurrence *r, const float *x, float *z, float *h, float *c)
{
  gint64 u = r->u;

  if (r->apart)
    /* The gates and all of the candidate are there already. */
    gru_finish (r, z, h);
  else if (r->usual)
    tn_function_set (tn_cpu ()->isa)->gru (z, x, h, u);
  else
    {
      gru_gates (r, x, z, h);
      for (gint64 i = 0; i < u; i++)
        z[2 * u + i] = x[2 * u + i] + z[u + i] * z[2 * u + i];
      gru_finish (r, z, h);
    }
}

/* What arrives for a sample in a step. */
static const float *
arriving (const Recurrence *r, gint64 sample, gint64 step)
{
  return r->data->inputs[IN_X] + (sample * r->t + step) * r->gates * r->u;
}

/* h·R and bias of some samples from @first on, and what arrives where it is just added. With packed
 * weights in panels @first_panel … @last_panel - 1. */
static void
multiply (const Recurrence *r, gint64 first, gint64 samples, gint64 step, float *products,
          gint64 first_panel, gint64 last_panel)
{
  gint64 wide = r->gates * r->u;
  const float *bias = r->data->inputs[IN_BIAS];
  const float *added = r->gates == 3 ? NULL : arriving (r, first, step);

  if (r->packed)
    {
      TnPanelsRows rows = { .x = r->h + first * r->u,
                            .x_stride = r->u,
                            .out = products,
                            .out_stride = wide,
                            .bias = bias,
                            .residual = added,
                            .residual_stride = r->t * wide };
      tn_panels_multiply (&r->panels, r->columns, samples, &rows, first_panel, last_panel);
      return;
    }
  tn_blis_sgemm (samples, wide, r->u, r->h + first * r->u, r->u, r->data->inputs[IN_KERNEL], wide,
                 products, wide);
  for (gint64 i = 0; i < samples; i++)
    {
      for (gint64 j = 0; bias != NULL && j < wide; j++)
        products[i * wide + j] += bias[j];
      for (gint64 j = 0; added != NULL && j < wide; j++)
        products[i * wide + j] += added[i * r->t * wide + j];
    }
}

/* Of a gru the product that is taken after the reset gate, with what arrives. */
static void
multiply_candidate (const Recurrence *r, gint64 first, gint64 samples, gint64 step, float *products,
                    gint64 first_panel, gint64 last_panel)
{
  gint64 u = r->u, wide = r->gates * u;
  const float *added = arriving (r, first, step) + 2 * u;

  if (r->packed)
    {
      TnPanelsRows rows = { .x = products + u,
                            .x_stride = wide,
                            .out = products + 2 * u,
                            .out_stride = wide,
                            .residual = added,
                            .residual_stride = r->t * wide };
      tn_panels_multiply (&r->candidate, r->candidate_columns, samples, &rows, first_panel,
                          last_panel);
      return;
    }
  for (gint64 i = 0; i < samples; i++)
    {
      float *z = products + i * wide;

      tn_blis_sgemm (1, u, u, z + u, u, r->data->inputs[IN_KERNEL] + 2 * u, wide, z + 2 * u, u);
      for (gint64 j = 0; j < u; j++)
        z[2 * u + j] += added[i * r->t * wide + j];
    }
}

/* Keras puts out what was put out before where a step is masked, and zeros where nothing was yet:
 * not the states to begin with. Has a step counted, up to the one at place @order? */
static gboolean
has_begun (const Recurrence *r, gint64 sample, gint64 order)
{
  const float *mask = r->data->inputs[IN_MASK];
  gboolean begun = mask == NULL || r->data->inputs[IN_H] == NULL;

  for (gint64 i = 0; !begun && i <= order; i++)
    begun = mask[sample * r->t + step_at (r, i)] != 0.0f;
  return begun;
}

/* From its products to the states of a sample and to its row of the output. */
static void
finish_sample (const Recurrence *r, gint64 sample, gint64 order, float *z, CellFunc cell)
{
  gint64 step = step_at (r, order);
  float *h = r->h + sample * r->u;
  float *out = r->data->output + (sample * r->rows + (r->settings->sequences ? order : 0)) * r->u;
  const float *mask = r->data->inputs[IN_MASK];
  gboolean masked = mask != NULL && mask[sample * r->t + step] == 0.0f;

  if (!masked)
    cell (r, arriving (r, sample, step), z, h, r->c != NULL ? r->c + sample * r->u : NULL);
  if (masked && (r->settings->zero_masked || !has_begun (r, sample, order)))
    memset (out, 0, r->u * sizeof *out);
  else if (r->settings->sequences || order == r->t - 1)
    memcpy (out, h, r->u * sizeof *out);
}

static void
go_band (const Recurrence *r, gint64 band, guint worker, CellFunc cell)
{
  gint64 first = band * r->block, wide = r->gates * r->u;
  gint64 samples = MIN (r->block, r->n - first);
  float *products = tn_kernel_scratch (r->context, worker);

  for (gint64 order = r->from; order < r->to; order++)
    {
      gint64 step = step_at (r, order);

      multiply (r, first, samples, step, products, 0, r->panels.n_panels);
      if (r->apart)
        {
          for (gint64 i = 0; i < samples; i++)
            gru_gates (r, arriving (r, first + i, step), products + i * wide,
                       r->h + (first + i) * r->u);
          multiply_candidate (r, first, samples, step, products, 0, r->candidate.n_panels);
        }
      for (gint64 i = 0; i < samples; i++)
        finish_sample (r, first + i, order, products + i * wide, cell);
    }
}

static void
wide_band (gint64 band, guint worker, gpointer data)
{
  const Recurrence *r = data;
  gint64 panel = band * WIDE_PANELS;

  multiply (r, 0, r->n, step_at (r, r->from), r->products, panel,
            MIN (panel + WIDE_PANELS, r->panels.n_panels));
}

static void
wide_candidate_band (gint64 band, guint worker, gpointer data)
{
  const Recurrence *r = data;
  gint64 panel = band * WIDE_PANELS;

  multiply_candidate (r, 0, r->n, step_at (r, r->from), r->products, panel,
                      MIN (panel + WIDE_PANELS, r->candidate.n_panels));
}

/* All samples through the step from, its columns handed out. */
static void
go_wide (Recurrence *r, CellFunc cell)
{
  gint64 wide = r->gates * r->u;

  tn_kernel_for_part (r->context, 1.0 / (double)r->t, tn_op_bands (r->panels.n_panels, WIDE_PANELS),
                      wide_band, r);
  if (r->apart)
    {
      for (gint64 i = 0; i < r->n; i++)
        gru_gates (r, arriving (r, i, step_at (r, r->from)), r->products + i * wide,
                   r->h + i * r->u);
      tn_kernel_for_part (r->context, 1.0 / (double)r->t,
                          tn_op_bands (r->candidate.n_panels, WIDE_PANELS), wide_candidate_band, r);
    }
  for (gint64 i = 0; i < r->n; i++)
    finish_sample (r, i, r->from, r->products + i * wide, cell);
}

static void
simple_band (gint64 band, guint worker, gpointer data)
{
  go_band (data, band, worker, simple_cell);
}

static void
lstm_band (gint64 band, guint worker, gpointer data)
{
  go_band (data, band, worker, lstm_cell);
}

static void
gru_band (gint64 band, guint worker, gpointer data)
{
  go_band (data, band, worker, gru_cell);
}

static void
begin (float *state, const float *given, gint64 n)
{
  if (given != NULL && n > 0)
    memcpy (state, given, n * sizeof *state);
  else
    memset (state, 0, n * sizeof *state);
}

static void
go_through (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context,
            gint64 states, TnBandFunc band, CellFunc cell)
{
  Recurrence r = planned (call);
  gint64 macs = r.block * r.gates * r.u * r.u;
  gint64 steps = r.wide ? 1 : MAX (CHUNK_MACS / MAX (macs, 1), 1);

  r.data = data;
  r.context = context;
  r.h = tn_kernel_shared (context);
  r.c = states > 1 ? r.h + r.n * r.u : NULL;
  r.products = r.h + states * r.n * r.u;
  if (r.packed)
    {
      r.columns = data->packed;
      r.candidate_columns = r.columns + tn_panels_floats (&r.panels);
    }
  begin (r.h, data->inputs[IN_H], r.n * r.u);
  if (r.c != NULL)
    begin (r.c, data->inputs[IN_C], r.n * r.u);
  if (r.t == 0 && !r.settings->sequences)
    for (gint64 i = 0; i < r.n; i++)
      memcpy (data->output + i * r.rows * r.u, r.h + i * r.u, r.u * sizeof (float));
  for (r.from = 0; r.from < r.t; r.from = r.to)
    {
      r.to = MIN (r.from + steps, r.t);
      if (r.wide)
        go_wide (&r, cell);
      else
        tn_kernel_for_part (context, (double)(r.to - r.from) / (double)r.t,
                            tn_op_bands (r.n, r.block), band, &r);
    }
  for (gint64 i = 0; r.settings->states && i < r.n; i++)
    {
      float *out = data->output + (i * r.rows + r.rows - states) * r.u;

      memcpy (out, r.h + i * r.u, r.u * sizeof *out);
      if (r.c != NULL)
        memcpy (out + r.u, r.c + i * r.u, r.u * sizeof *out);
    }
}

static TnScratch
scratch_for (const TnOpCall *call, gint64 states)
{
  Recurrence r = planned (call);
  gsize products = (gsize)((r.wide ? r.n : r.block) * r.gates * r.u) * sizeof (float);
  gsize kept = (gsize)(states * r.n * r.u) * sizeof (float);

  return r.wide ? (TnScratch){ .shared = kept + products }
                : (TnScratch){ .shared = kept, .worker = products };
}

static double
recurrent_flops (const TnOpCall *call)
{
  Recurrence r = recurrence (call);

  return 2.0 * (double)(r.n * r.t) * (double)(r.gates * r.u) * (double)r.u;
}

/* ---- the plain account of the same ---- */

static double
dot_column (const Recurrence *r, const double *h, gint64 column)
{
  double sum = 0.0;

  for (gint64 i = 0; i < r->u; i++)
    sum += h[i] * r->data->inputs[IN_KERNEL][i * r->gates * r->u + column];
  return sum;
}

/* One step of one sample in the words of the formulas above. */
static void
plain_step (const Recurrence *r, const float *x, const double *h, const double *c, double *new_h,
            double *new_c)
{
  const TnOpSettings *act = r->settings;
  const float *bias = r->data->inputs[IN_BIAS];
  gint64 u = r->u;
  g_autofree double *reset = g_new0 (double, u + 1);

#define RECURRENT(gate, state)                                                                     \
  (dot_column (r, state, (gate)*u + i) + (bias != NULL ? bias[(gate)*u + i] : 0.0))
#define GATE(value) tn_activation_formula (&r->gate, value)
  for (gint64 i = 0; r->gates == 3 && i < u; i++)
    reset[i] = GATE (x[u + i] + RECURRENT (1, h)) * h[i];
  for (gint64 i = 0; i < u; i++)
    if (r->gates == 1)
      new_h[i] = tn_activation_formula (act, x[i] + RECURRENT (0, h));
    else if (r->gates == 4)
      {
        new_c[i] = GATE (x[u + i] + RECURRENT (1, h)) * c[i]
                   + GATE (x[i] + RECURRENT (0, h))
                         * tn_activation_formula (act, x[2 * u + i] + RECURRENT (2, h));
        new_h[i] = GATE (x[3 * u + i] + RECURRENT (3, h)) * tn_activation_formula (act, new_c[i]);
      }
    else
      {
        double z = GATE (x[i] + RECURRENT (0, h));
        double inner = act->reset_after ? GATE (x[u + i] + RECURRENT (1, h)) * RECURRENT (2, h)
                                        : dot_column (r, reset, 2 * u + i);

        new_h[i] = z * h[i] + (1.0 - z) * tn_activation_formula (act, x[2 * u + i] + inner);
      }
#undef RECURRENT
#undef GATE
}

static void
recurrent_reference (const TnOpCall *call, const TnOpData *data)
{
  Recurrence r = recurrence (call);
  g_autofree double *state = g_new0 (double, 4 * r.u + 1);

  r.data = data;
  for (gint64 sample = 0; sample < r.n; sample++)
    {
      double *h = state, *c = state + r.u, *new_h = state + 2 * r.u, *new_c = state + 3 * r.u;
      float *out = data->output + sample * r.rows * r.u;
      gboolean zero = FALSE, begun = FALSE;

      for (gint64 i = 0; i < r.u; i++)
        {
          h[i] = data->inputs[IN_H] != NULL ? data->inputs[IN_H][sample * r.u + i] : 0.0;
          c[i] = data->inputs[IN_C] != NULL ? data->inputs[IN_C][sample * r.u + i] : 0.0;
        }
      for (gint64 order = 0; order < r.t; order++)
        {
          gint64 step = step_at (&r, order);
          gboolean masked
              = data->inputs[IN_MASK] != NULL && data->inputs[IN_MASK][sample * r.t + step] == 0;

          if (!masked)
            {
              plain_step (&r, data->inputs[IN_X] + (sample * r.t + step) * r.gates * r.u, h, c,
                          new_h, new_c);
              for (gint64 i = 0; i < r.u; i++)
                {
                  h[i] = new_h[i];
                  c[i] = new_c[i];
                }
            }
          begun = begun || !masked;
          zero = masked && (r.settings->zero_masked || !begun);
          for (gint64 i = 0; r.settings->sequences && i < r.u; i++)
            *out++ = zero ? 0.0f : (float)h[i];
        }
      for (gint64 i = 0; !r.settings->sequences && i < r.u; i++)
        *out++ = zero ? 0.0f : (float)h[i];
      for (gint64 i = 0; r.settings->states && i < (r.gates == 4 ? 2 : 1) * r.u; i++)
        *out++ = (float)(i < r.u ? h[i] : c[i - r.u]);
    }
}

static const char *
recurrent_kernel_name (const TnOpCall *call)
{
  static const char *const names[TN_N_ISAS] = {
    [TN_ISA_GENERIC] = "step by step, generic",
    [TN_ISA_AVX2] = "step by step, avx2",
    [TN_ISA_AVX512] = "step by step, avx512",
  };
  Recurrence r = planned (call);
  return r.packed ? names[tn_cpu ()->isa] : "bli_sgemm, step by step";
}

#define RECURRENT_OP(id, n_gates, n_states, its)                                                   \
  static TnShape id##_shape (const TnOpCall *call, const TnShape *given)                           \
  {                                                                                                \
    return recurrent_shape (call, #id, n_gates, n_states);                                         \
  }                                                                                                \
                                                                                                   \
  static TnScratch id##_scratch (const TnOpCall *call) { return scratch_for (call, n_states); }    \
                                                                                                   \
  static void id##_kernel (const TnOpCall *call, const TnOpData *data,                             \
                           const TnKernelContext *context)                                         \
  {                                                                                                \
    go_through (call, data, context, n_states, its##_band, its##_cell);                            \
  }                                                                                                \
                                                                                                   \
  const TnOp tn_op_##id = {                                                                        \
    .name = #id,                                                                                   \
    .min_inputs = 2,                                                                               \
    .max_inputs = N_INPUTS,                                                                        \
    .shape = id##_shape,                                                                           \
    .kernel_name = recurrent_kernel_name,                                                          \
    .scratch = id##_scratch,                                                                       \
    .weights = IN_KERNEL,                                                                          \
    .packed = recurrent_packed,                                                                    \
    .pack = recurrent_pack,                                                                        \
    .packed_layout = recurrent_layout,                                                             \
    .flops = recurrent_flops,                                                                      \
    .kernel = id##_kernel,                                                                         \
    .reference = recurrent_reference,                                                              \
  };

RECURRENT_OP (simple_rnn, 1, 1, simple)
RECURRENT_OP (lstm, 4, 2, lstm)
RECURRENT_OP (gru, 3, 1, gru)
