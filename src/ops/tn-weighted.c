/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls with packed weights on the convolver, or on BLIS's micro-kernels. */
#include "ops/tn-weighted.h"

#include <math.h>

/* BLIS's micro-kernel that @way asks for, or NULL. */
static const TnBlisTile *
tile_of (TnWay way)
{
  guint n;
  const TnBlisTile *tiles = tn_blis_tiles (&n);

  return way >= TN_WAY_BLIS_1 && (guint)(way - TN_WAY_BLIS_1) < n ? &tiles[way - TN_WAY_BLIS_1]
                                                                  : NULL;
}

gboolean
tn_weighted_has (TnWay way)
{
  if (way >= TN_WAY_DIRECT_1 && way <= TN_WAY_DIRECT_4)
    return tn_tile_set (tn_cpu ()->isa)->rows[way - TN_WAY_DIRECT_1 + 1] > 0;
  return tile_of (way) != NULL;
}

static gboolean
plan_blis (TnWeighted *plan, const TnConvolverSizes *sizes, const TnBlisTile *tile)
{
  plan->is_blis = TRUE;
  return tn_implicit_init (&plan->blis, sizes, tile) && tn_implicit_packed_bytes (&plan->blis) > 0;
}

static gboolean
plan_direct (TnWeighted *plan, const TnConvolverSizes *sizes)
{
  plan->is_blis = FALSE;
  return tn_convolver_init (&plan->direct, sizes, tn_cpu ()->isa)
         && tn_convolver_packed_bytes (&plan->direct) > 0;
}

/* Panels that are not as wide as the rule has them. */
static gboolean
plan_panels (TnWeighted *plan, const TnConvolverSizes *sizes, gint64 vectors)
{
  TnConvolverSizes narrow = *sizes;
  gint64 n_panels = plan->direct.n_panels;

  narrow.vectors = vectors;
  return plan_direct (plan, &narrow) && plan->direct.n_panels != n_panels;
}

gboolean
tn_weighted_plan (TnWeighted *plan, const TnOpSettings *settings, const TnConvolverSizes *sizes)
{
  const TnBlisTile *tile = tile_of (settings->way);

  if (settings->kernels == TN_KERNELS_BLIS)
    return FALSE;
  plan->unruly = tile != NULL && plan_blis (plan, sizes, tile);
  if (plan->unruly)
    return TRUE;
  if (!plan_direct (plan, sizes))
    return plan_blis (plan, sizes, tile_of (TN_WAY_BLIS_1));
  if (settings->way < TN_WAY_DIRECT_1 || settings->way > TN_WAY_DIRECT_4)
    return TRUE;
  plan->unruly = tn_weighted_has (settings->way)
                 && plan_panels (plan, sizes, settings->way - TN_WAY_DIRECT_1 + 1);
  return plan->unruly || plan_direct (plan, sizes);
}

gsize
tn_weighted_packed (const TnWeighted *plan)
{
  return plan->is_blis ? tn_implicit_packed_bytes (&plan->blis)
                       : tn_convolver_packed_bytes (&plan->direct);
}

void
tn_weighted_pack (const TnWeighted *plan, const float *weights, float *packed)
{
  if (plan->is_blis)
    tn_implicit_pack (&plan->blis, weights, packed);
  else
    tn_convolver_pack (&plan->direct, weights, packed);
}

guint64
tn_weighted_layout (const TnWeighted *plan)
{
  return plan->is_blis ? tn_implicit_layout (&plan->blis) : tn_convolver_layout (&plan->direct);
}

TnScratch
tn_weighted_scratch (const TnWeighted *plan)
{
  return plan->is_blis ? tn_implicit_scratch (&plan->blis) : tn_convolver_scratch (&plan->direct);
}

static void
activate (float *values, gint64 n, gconstpointer settings)
{
  tn_activation_apply (settings, values, values, n);
}

void
tn_weighted_run (const TnWeighted *plan, const TnOpSettings *settings, const TnOpData *data,
                 const TnKernelContext *context)
{
  TnConvolverData memory = {
    .x = data->inputs[0],
    .packed = data->packed,
    .bias = data->inputs[2],
    .residual = data->inputs[3],
    .out = data->output,
    .low = -INFINITY,
    .high = INFINITY,
  };

  switch (settings->activation)
    {
    case TN_ACTIVATION_LINEAR:
      break;
    case TN_ACTIVATION_RELU6:
      memory.high = 6.0f;
      G_GNUC_FALLTHROUGH;
    case TN_ACTIVATION_RELU:
      memory.low = 0.0f;
      break;
    default:
      memory.finish = activate;
      memory.finish_data = settings;
    }
  if (plan->is_blis)
    tn_implicit_run (&plan->blis, &memory, context);
  else
    tn_convolver_run (&plan->direct, &memory, context);
}

TnWay
tn_weighted_way (const TnWeighted *plan)
{
  guint n;

  if (plan->is_blis)
    return TN_WAY_BLIS_1 + (TnWay)(plan->blis.tile - tn_blis_tiles (&n));
  /* The widest of the panels, which come first. */
  const TnConvolver *direct = &plan->direct;
  gint64 most = direct->n_vectors / direct->n_panels + (direct->n_vectors % direct->n_panels != 0);
  return TN_WAY_DIRECT_1 + (TnWay)(most - 1);
}

const char *
tn_weighted_name (const TnWeighted *plan, gboolean product)
{
  static const char *const names[TN_N_ISAS][2] = {
    [TN_ISA_GENERIC] = { "direct, generic", "product, generic" },
    [TN_ISA_AVX2] = { "direct, avx2", "product, avx2" },
    [TN_ISA_AVX512] = { "direct, avx512", "product, avx512" },
  };
  g_autofree char *name = NULL;

  if (!plan->is_blis && !plan->unruly)
    return names[plan->direct.isa][product != FALSE];
  /* There are few such names, and they live as long as the process. */
  if (plan->is_blis)
    name = g_strdup_printf (product ? "product, BLIS %s" : "implicit, BLIS %s",
                            plan->blis.tile->name);
  else
    name = g_strdup_printf ("%s, %d-wide", names[plan->direct.isa][product != FALSE],
                            (int)(tn_weighted_way (plan) - TN_WAY_DIRECT_1 + 1));
  return g_intern_string (name);
}
