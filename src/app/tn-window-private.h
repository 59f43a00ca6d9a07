/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the window share. */
#pragma once

#include "app/tn-find-bar.h"
#include "app/tn-overview.h"
#include "app/tn-window.h"
#include "engine/tn-autosave.h"
#include "engine/tn-chore.h"

G_BEGIN_DECLS

typedef struct _TnWindowLoading TnWindowLoading;

struct _TnWindow
{
  AdwApplicationWindow parent;

  /* of the template */
  AdwToastOverlay *toasts;
  AdwWindowTitle *title;
  GtkWidget *open_button;
  GtkWidget *undo_button;
  GtkWidget *redo_button;
  GtkStack *run_stack;
  GtkWidget *run_button;
  GtkWidget *stop_button;
  AdwFlap *palette_flap;
  AdwFlap *inspector_flap;
  GtkPaned *paned;
  GtkWidget *stage;
  TnCanvas *canvas;
  GtkWidget *empty;
  GtkWidget *zoom_box;
  GtkLabel *zoom_label;
  TnFindBar *find_bar;
  TnOverview *overview;
  GtkWidget *picture_button;
  TnPalette *palette;
  TnInspector *inspector;
  GtkStack *panel;
  TnProblems *problems;
  TnOutline *outline;
  TnRunPanel *run_panel;
  TnValuesView *values_view;
  GtkToggleButton *problems_button;
  GtkToggleButton *outline_button;
  GtkToggleButton *run_tab_button;
  GtkToggleButton *values_button;
  GtkImage *problems_icon;
  GtkLabel *problems_label;
  GtkLabel *status;
  GMenu *examples_menu;
  GMenu *recent_menu;
  GMenu *open_examples_menu;

  TnDocument *document;
  TnEngine *engine;
  TnAutosave *autosave;     /* NULL: people do not wish any */
  GSettings *copy_settings; /* whether they do; NULL: none are installed */
  TnWindowLoading *loading; /* a file that is being read; NULL: none */
  GFileMonitor *monitor;    /* of the document's file; NULL: it has none */
  char *disk_version;       /* of the file that was read or written here */
  char *told_version;       /* of the file that people were told of */
  GSignalGroup *document_signals;
  GSignalGroup *engine_signals;

  GtkWidget *adder;       /* the search at the pointer; made when first needed */
  GtkWidget *history;     /* the list of steps; made when first needed */
  AdwToast *repair_toast; /* borrowed while it is shown */
  AdwToast *disk_toast;   /* the same */
  guint64 repair_generation;
  guint n_layers, n_wires; /* of the last graph that was seen */
  gboolean paned_is_set;
  gboolean is_stepping;   /* F8 is held */
  gboolean panel_is_calm; /* one line high */
  int panel_height;       /* before that */
  gboolean is_placing;    /* a layer is on its way from the palette */
  gboolean may_close;     /* the question about unsaved changes was answered */
};

/* tn-window-files.c */
void tn_window_install_file_actions (GtkWidgetClass *class);
void tn_window_init_files (TnWindow *self);
/* Asks what to do with unsaved changes, if there are any; calls @then unless people think better
 * of it. @data is freed with @destroy in either case. */
typedef void (*TnWindowThen) (TnWindow *self, gpointer data);
void tn_window_ask_unsaved (TnWindow *self, TnWindowThen then, gpointer data,
                            GDestroyNotify destroy);

/* In a dialog of its own: for sentences that are too long for a toast. */
void tn_window_tell_failure (TnWindow *self, const char *heading, const char *body);
/* Asks before something is given up for good; @then is called when people choose @word. */
void tn_window_confirm (TnWindow *self, const char *heading, const char *body, const char *word,
                        void (*then) (TnWindow *self));
/* The folder that was last used. */
void tn_window_set_folder (GtkFileChooser *chooser);

/* @document was read from @file. */
void tn_window_set_opened (TnWindow *self, TnDocument *document, GFile *file);

/* tn-window-loading.c */
/* Would people wait for the file to be read? */
gboolean tn_window_takes_long (const char *path);
/* Reads it in the background, with a way to stop that, and shows it then. */
void tn_window_load (TnWindow *self, GFile *file, const char *path);
/* It is not wanted any more, if there is one. */
void tn_window_stop_loading (TnWindow *self);

/* tn-window-recovery.c */
void tn_window_init_recovery (TnWindow *self);
/* Follows the document that was just set. @copy: where it comes from, when that is a crash. */
void tn_window_keep_copy (TnWindow *self, TnRecovery *copy);

/* tn-window-disk.c */
void tn_window_install_disk_actions (GtkWidgetClass *class);
/* The file was just read or written here, or there is another one. */
void tn_window_watch_file (TnWindow *self);
/* Has another program written the file since? */
gboolean tn_window_is_file_foreign (TnWindow *self);

/* tn-window-code.c */
void tn_window_install_code_actions (GtkWidgetClass *class);

/* tn-window-picture.c */
void tn_window_install_picture_actions (GtkWidgetClass *class);
void tn_window_init_picture (TnWindow *self);

/* tn-window-message.c */
void tn_window_install_message_actions (GtkWidgetClass *class);

/* tn-window-view.c */
void tn_window_install_view_actions (GtkWidgetClass *class);
void tn_window_init_view (TnWindow *self);
/* What the document says of how it is shown. */
void tn_window_update_view (TnWindow *self);

/* tn-window-reading.c */
void tn_window_install_reading_actions (GtkWidgetClass *class);
void tn_window_init_reading (TnWindow *self);
/* The totals at the bottom, and what the tab of the problems says. */
void tn_window_update_status (TnWindow *self);
/* The numbers of the selected layer, if they are to be seen. */
void tn_window_update_values (TnWindow *self);
/* The bottom panel is one line high while it shows that there are no problems. */
void tn_window_fit_panel (TnWindow *self);

/* tn-window-history.c */
void tn_window_install_history_actions (GtkWidgetClass *class);
void tn_window_init_history (TnWindow *self);

/* tn-window-undo.c */
/* Says what was just done to the model, with a button that takes it back; it goes away with the
 * next change. */
void tn_window_offer_undo (TnWindow *self, const char *text);
/* Another graph: when much of the model has gone with it, that is said. @quiet: another document.
 */
void tn_window_note_losses (TnWindow *self, gboolean quiet);

/* tn-window-state.c */
/* Size, and which panels are shown how high, as the window that was closed last had them. */
void tn_window_load_state (TnWindow *self);
void tn_window_save_state (TnWindow *self);

/* tn-window-solve.c */
void tn_window_install_solve_actions (GtkWidgetClass *class);

/* tn-window-tune.c */
void tn_window_install_tune_actions (GtkWidgetClass *class);

/* tn-window-actions.c */
/* Does what a fix of the model @base says, and tells so; FALSE when it is refused. */
gboolean tn_window_apply_fix (TnWindow *self, const TnFix *fix, const TnGraph *base);
void tn_window_install_actions (GtkWidgetClass *class);
void tn_window_init_keys (TnWindow *self);
/* Which actions can be used now, and what undo is called. */
void tn_window_update_actions (TnWindow *self);
/* Selects a layer and brings it into view. */
void tn_window_reveal (TnWindow *self, TnNodeId node);

/* ---- tn-window-insert.c ---- */

void tn_window_install_insert_actions (GtkWidgetClass *class);
/* Puts the model in the file into the document, as a group below all that is there. FALSE: it
 * cannot be, which was said. */
gboolean tn_window_insert_model (TnWindow *self, GFile *file);

/* ---- tn-window-panes.c ---- */

void tn_window_install_pane_actions (GtkWidgetClass *class);
void tn_window_init_panes (TnWindow *self);

G_END_DECLS
