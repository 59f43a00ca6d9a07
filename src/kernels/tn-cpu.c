/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the processor can do, asked and measured once. */
#include "kernels/tn-cpu.h"

#include "kernels/tn-tile.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *const isa_names[TN_N_ISAS] = {
  [TN_ISA_GENERIC] = "generic",
  [TN_ISA_AVX2] = "avx2",
  [TN_ISA_AVX512] = "avx512",
};

/* The builtins ask the system as well: registers that it does not save cannot be used. */
static TnIsa
best_isa (void)
{
#if defined __x86_64__ || defined __i386__
  __builtin_cpu_init ();
  if (__builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512vl")
      && __builtin_cpu_supports ("avx512dq") && __builtin_cpu_supports ("avx512bw")
      && tn_tile_set (TN_ISA_AVX512) != NULL)
    return TN_ISA_AVX512;
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma")
      && tn_tile_set (TN_ISA_AVX2) != NULL)
    return TN_ISA_AVX2;
#endif
  return TN_ISA_GENERIC;
}

static gsize
cache_size (int name, gsize usual)
{
  long size = name >= 0 ? sysconf (name) : -1;
  return size > 0 ? (gsize)size : usual;
}

#ifdef _SC_LEVEL1_DCACHE_SIZE
#define L1_NAME _SC_LEVEL1_DCACHE_SIZE
#define L2_NAME _SC_LEVEL2_CACHE_SIZE
#else
#define L1_NAME -1
#define L2_NAME -1
#endif

static gpointer
ask (gpointer unused)
{
  const char *wish = g_getenv ("TENON_ISA");
  TnCpu *cpu = g_new (TnCpu, 1);

  cpu->isa = best_isa ();
  for (TnIsa isa = 0; wish != NULL && isa < cpu->isa; isa++)
    if (g_str_equal (wish, isa_names[isa]))
      cpu->isa = isa;
  cpu->l1 = cache_size (L1_NAME, 32 << 10);
  cpu->l2 = cache_size (L2_NAME, 512 << 10);
  return cpu;
}

const TnCpu *
tn_cpu (void)
{
  static GOnce once = G_ONCE_INIT;
  return g_once (&once, ask, NULL);
}

const char *
tn_isa_name (TnIsa isa)
{
  g_return_val_if_fail (isa < TN_N_ISAS, NULL);
  return isa_names[isa];
}

#if defined __x86_64__

typedef struct
{
  guint32 a, b, c, d;
} Leaf;

static Leaf
ask_leaf (guint32 number)
{
  Leaf leaf;
  __asm__("cpuid" : "=a"(leaf.a), "=b"(leaf.b), "=c"(leaf.c), "=d"(leaf.d) : "a"(number), "c"(0));
  return leaf;
}

/* What it calls itself stands in three leaves of sixteen letters; family, model and stepping in
 * another. */
static gpointer
ask_name (gpointer unused)
{
  const guint32 first = 0x80000002;
  Leaf brand[4] = { 0 };

  for (guint32 i = 0; i < 3 && ask_leaf (0x80000000).a >= first + 2; i++)
    brand[i] = ask_leaf (first + i);
  g_autofree char *name = g_utf8_make_valid ((const char *)brand, -1);
  return g_strdup_printf ("%s (%x)", g_strstrip (name), ask_leaf (1).a);
}

#else

static gpointer
ask_name (gpointer unused)
{
  return g_strdup (g_get_host_name ());
}

#endif

const char *
tn_cpu_name (void)
{
  static GOnce once = G_ONCE_INIT;
  return g_once (&once, ask_name, NULL);
}

double
tn_cpu_thread_seconds (void)
{
  struct timespec now;
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* The best of many short stretches: the longer one is, the surer something comes in between. */
static gpointer
measure (gpointer unused)
{
  const TnTileSet *set = tn_tile_set (tn_cpu ()->isa);
  double *best = g_new0 (double, 1);

  for (int i = 0; i < 24; i++)
    {
      double start = tn_cpu_thread_seconds ();
      double flops = set->multiply_adds (20000);
      double seconds = tn_cpu_thread_seconds () - start;

      if (seconds > 0.0)
        *best = MAX (*best, flops / seconds * 1e-9);
    }
  return best;
}

double
tn_cpu_peak_gflops (void)
{
  static GOnce once = G_ONCE_INIT;
  return *(double *)g_once (&once, measure, NULL);
}
