/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Handing a value from a worker thread to the main thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Thread sanitizers do not see the locks inside GLib, which orders what stands before
 * g_source_attach() in the worker before the callback on the main thread; these say so. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TN_HAS_THREAD_SANITIZER 1
#endif
#elif defined(__SANITIZE_THREAD__)
#define TN_HAS_THREAD_SANITIZER 1
#endif

#ifdef TN_HAS_THREAD_SANITIZER
void __tsan_acquire (void *address);
void __tsan_release (void *address);
#define TN_HANDOVER_RELEASE(address) __tsan_release (address)
#define TN_HANDOVER_ACQUIRE(address) __tsan_acquire (address)
#else
#define TN_HANDOVER_RELEASE(address) ((void)(address))
#define TN_HANDOVER_ACQUIRE(address) ((void)(address))
#endif

/* Calls @callback (which returns G_SOURCE_REMOVE and begins with TN_HANDOVER_ACQUIRE) with @data
 * in @context; @free_data in any case, also when the context never gets to it. */
static inline void
tn_handover (GMainContext *context, GSourceFunc callback, gpointer data, GDestroyNotify free_data)
{
  GSource *source = g_idle_source_new ();

  /* Not idle: a window that draws without pause would starve it. */
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, callback, data, free_data);
  TN_HANDOVER_RELEASE (data);
  g_source_attach (source, context);
  g_source_unref (source);
}

G_END_DECLS
