/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ways to compute a product, by their names in files. */
#include "ops/tn-program.h"

static const char *const names[TN_N_WAYS] = {
  [TN_WAY_RULE] = "rule",
  [TN_WAY_DIRECT_1] = "direct-1",
  [TN_WAY_DIRECT_2] = "direct-2",
  [TN_WAY_DIRECT_3] = "direct-3",
  [TN_WAY_DIRECT_4] = "direct-4",
  [TN_WAY_WINOGRAD_2] = "winograd-2",
  [TN_WAY_WINOGRAD_4] = "winograd-4",
  [TN_WAY_BLIS_1] = "blis-1",
  [TN_WAY_BLIS_2] = "blis-2",
  [TN_WAY_BLIS_3] = "blis-3",
  [TN_WAY_BLIS_4] = "blis-4",
};

const char *
tn_way_name (TnWay way)
{
  g_return_val_if_fail (way < TN_N_WAYS, NULL);
  return names[way];
}

gboolean
tn_way_from_name (const char *name, TnWay *way)
{
  for (TnWay i = 0; i < TN_N_WAYS; i++)
    if (g_strcmp0 (names[i], name) == 0)
      {
        *way = i;
        return TRUE;
      }
  return FALSE;
}

static gboolean
is_direct (TnWay way)
{
  return way >= TN_WAY_DIRECT_1 && way <= TN_WAY_DIRECT_4;
}

gboolean
tn_way_same_bits (TnWay a, TnWay b)
{
  return a == b || (is_direct (a) && is_direct (b));
}
