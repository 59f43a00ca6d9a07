/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The only file that includes BLIS's header; see tn-blis.h.
 *
 * BLIS 0.9 knows processors with AVX-512 by their name, and takes those that it does not know, as
 * in virtual machines, for Haswells. What can be done about it depends on how it is linked: static
 * all its contexts can be looked up: several are used side by side in one process; shared   they
 * are not exported, but the environment variable BLIS_ARCH_TYPE chooses one, if it is set before
 * the first call. */

/* BLIS declares what C17 alone hides, so its header comes before GLib's. */
#ifdef TN_BLIS_IN_FOLDER
#include <blis/blis.h>
#else
#include <blis.h>
#endif

#include "kernels/tn-blis.h"

#include "kernels/tn-cpu.h"

#include <stdlib.h>
#include <string.h>

/* From here on skx's large tiles win, below the kernels that Haswell has for small matrices. */
#define LARGE     128
#define MAX_TILES 4

typedef struct
{
  TnBlisTile tiles[MAX_TILES];
  guint n_tiles;
  cntx_t *large; /* for products; NULL: BLIS's own choice */
  cntx_t *small;
} Toolbox;

static TnBlisTile
tile_of (arch_t arch, cntx_t *context)
{
  gint64 mr = bli_cntx_get_blksz_def_dt (BLIS_FLOAT, BLIS_MR, context);
  gint64 nr = bli_cntx_get_blksz_def_dt (BLIS_FLOAT, BLIS_NR, context);
  gint64 packmr = bli_cntx_get_blksz_max_dt (BLIS_FLOAT, BLIS_MR, context);
  gint64 packnr = bli_cntx_get_blksz_max_dt (BLIS_FLOAT, BLIS_NR, context);
  gboolean by_rows = bli_cntx_l3_nat_ukr_prefers_rows_dt (BLIS_FLOAT, BLIS_GEMM_UKR, context);

  return (TnBlisTile){
    .name = bli_arch_string (arch),
    .rows = by_rows ? mr : nr,
    .columns = by_rows ? nr : mr,
    .row_panel = by_rows ? packmr : packnr,
    .column_panel = by_rows ? packnr : packmr,
    .steps = bli_cntx_get_blksz_def_dt (BLIS_FLOAT, BLIS_KC, context),
    .transposed = !by_rows,
    .context = context,
  };
}

#ifdef TN_BLIS_STATIC

static gboolean
has_context (arch_t arch)
{
  switch (arch)
    {
#ifdef BLIS_CONFIG_SKX
    case BLIS_ARCH_SKX:
      return TRUE;
#endif
#ifdef BLIS_CONFIG_HASWELL
    case BLIS_ARCH_HASWELL:
      return TRUE;
#endif
#ifdef BLIS_CONFIG_GENERIC
    case BLIS_ARCH_GENERIC:
      return TRUE;
#endif
    default:
      /* What BLIS has chosen itself. */
      return arch == bli_arch_query_id ();
    }
}

static cntx_t *
add_tile (Toolbox *box, arch_t arch)
{
  cntx_t *context = bli_gks_lookup_nat_cntx (arch);
  box->tiles[box->n_tiles++] = tile_of (arch, context);
  return context;
}

/* What BLIS should have chosen, within what is allowed. */
static arch_t
best_arch (void)
{
  arch_t arch = bli_arch_query_id ();
  TnIsa isa = tn_cpu ()->isa;

  if (g_getenv ("BLIS_ARCH_TYPE") != NULL)
    return arch;
  switch (arch)
    {
    case BLIS_ARCH_SKX:
    case BLIS_ARCH_HASWELL:
      if (isa == TN_ISA_AVX512 && has_context (BLIS_ARCH_SKX))
        return BLIS_ARCH_SKX;
      if (isa == TN_ISA_AVX2 && has_context (BLIS_ARCH_HASWELL))
        return BLIS_ARCH_HASWELL;
      G_GNUC_FALLTHROUGH;
    case BLIS_ARCH_ZEN:
    case BLIS_ARCH_ZEN2:
    case BLIS_ARCH_ZEN3:
      return isa == TN_ISA_GENERIC && has_context (BLIS_ARCH_GENERIC) ? BLIS_ARCH_GENERIC : arch;
    default:
      return arch;
    }
}

static void
find_tiles (Toolbox *box)
{
  arch_t best = best_arch ();

  box->large = box->small = add_tile (box, best);
  if (best == BLIS_ARCH_SKX && has_context (BLIS_ARCH_HASWELL))
    box->small = add_tile (box, BLIS_ARCH_HASWELL);
  if (best != BLIS_ARCH_GENERIC && has_context (BLIS_ARCH_GENERIC))
    add_tile (box, BLIS_ARCH_GENERIC);
}

#else

/* Before main (), when there are no threads that might read the environment meanwhile. */
__attribute__ ((constructor)) static void
name_processor (void)
{
#if defined __x86_64__
  static const char name[] = "BLIS_ARCH_TYPE";
  const char *wish = getenv ("TENON_ISA");

  __builtin_cpu_init ();
  if (getenv (name) == NULL && (wish == NULL || strcmp (wish, "avx512") == 0)
      && __builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512dq")
      && __builtin_cpu_supports ("avx512bw") && __builtin_cpu_supports ("avx512vl"))
    {
      /* It asks once and remembers; what this process starts need not know. */
      char number[12];
      g_snprintf (number, sizeof number, "%d", (int)BLIS_ARCH_SKX);
      setenv (name, number, FALSE);
      bli_init ();
      unsetenv (name);
    }
#endif
}

static void
find_tiles (Toolbox *box)
{
  box->tiles[box->n_tiles++] = tile_of (bli_arch_query_id (), bli_gks_query_nat_cntx ());
}

#endif

static gpointer
open_toolbox (gpointer unused)
{
  Toolbox *box = g_new0 (Toolbox, 1);
  bli_init ();
  find_tiles (box);
  return box;
}

static const Toolbox *
toolbox (void)
{
  static GOnce once = G_ONCE_INIT;
  return g_once (&once, open_toolbox, NULL);
}

const TnBlisTile *
tn_blis_tiles (guint *n)
{
  *n = toolbox ()->n_tiles;
  return toolbox ()->tiles;
}

void
tn_blis_tile_run (const TnBlisTile *tile, gint64 rows, gint64 columns, gint64 steps, const float *x,
                  const float *w, gboolean add, float *out, gint64 out_stride)
{
  /* BLIS answers errors by abort (): what it would refuse is not handed to it. */
  g_return_if_fail (steps > 0 && rows <= tile->rows && columns <= tile->columns);

  cntx_t *context = (cntx_t *)tile->context;
  sgemm_ukr_ft kernel
      = (sgemm_ukr_ft)bli_cntx_get_l3_nat_ukr_dt (BLIS_FLOAT, BLIS_GEMM_UKR, context);
  float one = 1.0f;
  float beta = add ? 1.0f : 0.0f;
  auxinfo_t next;

  /* What it may fetch ahead; any address that can be read. */
  memset (&next, 0, sizeof next);
  bli_auxinfo_set_next_ab ((void *)x, (void *)w, &next);
  if (tile->transposed)
    kernel (columns, rows, steps, &one, (float *)w, (float *)x, &beta, out, 1, out_stride, &next,
            context);
  else
    kernel (rows, columns, steps, &one, (float *)x, (float *)w, &beta, out, out_stride, 1, &next,
            context);
}

void
tn_blis_sgemm (gint64 m, gint64 n, gint64 k, const float *a, gint64 a_stride, const float *b,
               gint64 b_stride, float *c, gint64 c_stride)
{
  g_return_if_fail (m >= 0 && n >= 0 && k >= 0);
  g_return_if_fail (a_stride >= k && b_stride >= n && c_stride >= n);

  if (m == 0 || n == 0)
    return;
  if (k == 0)
    {
      for (gint64 i = 0; i < m; i++)
        memset (c + i * c_stride, 0, n * sizeof *c);
      return;
    }

  /* A runtime object of its own for each call: nothing global is read or changed, and BLIS's own
   * threads, which spin while they wait, are never started. */
  rntm_t runtime;
  bli_rntm_init (&runtime);
  bli_rntm_set_num_threads (1, &runtime);

  const Toolbox *box = toolbox ();
  float one = 1.0f;
  float zero = 0.0f;
  bli_sgemm_ex (BLIS_NO_TRANSPOSE, BLIS_NO_TRANSPOSE, m, n, k, &one, (float *)a, a_stride, 1,
                (float *)b, b_stride, 1, &zero, c, c_stride, 1,
                MIN (m, n) >= LARGE ? box->large : box->small, &runtime);
}

const char *
tn_blis_version (void)
{
  return bli_info_get_version_str ();
}

const char *
tn_blis_architecture (void)
{
  return toolbox ()->tiles[0].name;
}
